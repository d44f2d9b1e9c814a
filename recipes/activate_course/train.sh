#!/bin/sh
# Train activate-course: sh recipes/activate_course/train.sh BUILD
# BUILD holds voices/ and backgrounds/ (see recipes/README.md); the model comes out beside them.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
cd "$1"
for pair in train:train validation:held_out; do
    mkdir -p "course/${pair%:*}"
    for label in activate negatives; do
        ln -sfn "$PWD/voices/${pair%:*}/$label" "course/${pair%:*}/$label"
    done
    ln -sfn "$PWD/backgrounds/${pair#*:}" "course/${pair%:*}/backgrounds"
done
oyez train --words course/train --validation course/validation --scenes 1800 --validation-scenes 100 \
    --epochs 8 --batch 4 --learning-rate 2e-3 --patience 4 --dropout 0.2 --scale log --max-hz 7500 \
    --positives 0 4 --negatives 0 4 --beds 1 2 --background-db -20 -5 --snr-db -3 25 --level-dbfs -45 -15 \
    --low-pass-hz 2500 6900 --tilt-db -3 3 --seed 1 --threads 1 \
    --run runs/activate-course --out activate-course.onnx --plot training.png --overwrite
python "$here/threshold.py" activate-course.onnx course/validation backgrounds/held_out
