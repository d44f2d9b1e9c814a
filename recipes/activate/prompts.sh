#!/bin/sh
# Telephone prompts in four languages, as negatives: sh recipes/activate/prompts.sh OUT
# Needs apt-get, dpkg-deb and ffmpeg. CC BY-SA 3.0, from Debian's asterisk-core-sounds. What is about
# activating is left out; the English prompts are not taken, which say "activated".
set -eu
mkdir -p "$1/deb"
cd "$1/deb"
for language in es fr it ru; do
    ls asterisk-core-sounds-$language-g722_*.deb >/dev/null 2>&1 ||
        apt-get download -qq "asterisk-core-sounds-$language-g722"
    dpkg-deb -x asterisk-core-sounds-$language-g722_*.deb .
done
find . -name '*.g722' -size +1k ! -path '*activ*' ! -path '*silence*' | sort | while read -r path; do
    language=$(echo "$path" | sed 's|.*/sounds/\([a-z]*\).*|\1|')
    out=../$language/$(basename "$path" .g722).flac
    mkdir -p "../$language"
    [ -e "$out" ] || ffmpeg -nostdin -v error -f g722 -i "$path" -ar 16000 -ac 1 "$out"
done
