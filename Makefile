# `make demo` hears a recording, `make test` runs the tests; `make help` lists the rest.

PYTHON ?= python3
FILE ?= examples/computer.flac
MODEL ?= computer
OUT ?= demo
DATA ?= ../shared/data
SITE ?= build/page

BIN := .venv/bin
INSTALL := $(BIN)/python -m pip install -qq --disable-pip-version-check -c constraints.txt

.DEFAULT_GOAL := help
.PHONY: accuracy bench check clean demo format help keras notebook notebooks page satellite serving soak test test-slow

help:  ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: .venv/.plot  ## hear a recording: FILE=… for your own, MODEL=… for another word, OUT=… for the folder to write
	@$(BIN)/oyez detect "$(FILE)" --model "$(MODEL)" --chime "$(OUT)/chimed.wav" --labels "$(OUT)/labels.txt" \
		--plot "$(OUT)/detections.png" --overwrite
	@printf '\nWritten:\n  %s\n  %s\n  %s\n' "$(OUT)/chimed.wav      the recording, with a chime at each detection" \
		"$(OUT)/labels.txt      the detections, a label track for Audacity" \
		"$(OUT)/detections.png  the spectrogram above the score"

test: .venv/.test  ## the tests, on up to four cores, with branch coverage
	$(BIN)/pytest -m "not slow" -n auto --maxprocesses 4 --dist loadfile --cov --cov-branch

test-slow: .venv/.test  ## the tests that take longer
	$(BIN)/pytest -m slow

keras: .venv/.test .venv-keras/.installed  ## compare imported weights with Keras 2 at full size (1.6 GB of TensorFlow)
	$(BIN)/pytest -m slow tests/train/test_keras.py

satellite: .venv/.test .venv-satellite/.installed  ## serve a real wyoming-satellite
	$(BIN)/pytest -m slow tests/serve/test_real_satellite.py

check: .venv/.test  ## lint, format and types, as .pre-commit-config.yaml has them
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

format: .venv/.test  ## put the code into shape
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

notebook: .venv/.notebook  ## open the lesson's notebooks in JupyterLab
	cd notebooks && ../$(BIN)/jupyter lab trigger_word.en.ipynb

notebooks: | $(BIN)/pip  ## render the notebooks from notebooks/chapters
	$(BIN)/python notebooks/build.py

page: web/vendor/ort.wasm  ## build the browser page: for `oyez serve --http`, and as a folder for any web server: SITE=…
	node web/build.mjs --server
	node web/build.mjs --out "$(SITE)"

bench: .venv/.test  ## measure speed; other engines are installed beside ours
	$(INSTALL) -r benchmarks/requirements.txt
	$(BIN)/python benchmarks/speed.py
	$(BIN)/python benchmarks/listening.py --install
	$(BIN)/python benchmarks/evaluation.py

serving: .venv/.test .venv-wyoming/.installed  ## measure how many live streams a core serves, beside another server: DATA=…
	$(BIN)/python benchmarks/serving.py --theirs .venv-wyoming --data "$(DATA)"

soak: .venv/.test  ## serve 200 streams for ten minutes: is anything lost, does anything grow?
	$(BIN)/python benchmarks/soak.py

accuracy: .venv/.test  ## train detectors as somebody new would (an hour), then measure accuracy on real audio: DATA=…
	$(BIN)/python benchmarks/training.py
	$(BIN)/python benchmarks/accuracy.py --data "$(DATA)"
	$(BIN)/python benchmarks/few_shot.py --data "$(DATA)"

clean:  ## remove what the other targets made, but for environments and runs
	rm -rf build demo dist .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find src tests benchmarks examples recipes -name __pycache__ -prune -exec rm -rf {} + 2>/dev/null || true

# pip is the last thing that venv makes: a .venv without it was left half done.
$(BIN)/pip:
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(None if (3, 11) <= v <= (3, 13) else \
		"Oyez needs Python 3.11 to 3.13, $(PYTHON) is %d.%d. Name another: make PYTHON=python3.12 demo" % v)'
	$(PYTHON) -m venv .venv

# Stamps: nothing is installed twice. A new version number (in __init__.py) is a new installation.
.venv/.plot: pyproject.toml constraints.txt src/oyez/__init__.py | $(BIN)/pip
	$(INSTALL) -e '.[plot]'
	@touch $@

.venv/.test: pyproject.toml constraints.txt src/oyez/__init__.py | $(BIN)/pip
	$(INSTALL) -e packages/oyez-bank -e '.[test]'
	@touch .venv/.plot $@

# npm runs the script `prepare`, which copies the runtime.
web/vendor/ort.wasm: web/package.json
	npm install --prefix web --no-package-lock --no-audit --no-fund
	@touch $@

.venv/.notebook: pyproject.toml constraints.txt src/oyez/__init__.py | $(BIN)/pip
	$(INSTALL) -e '.[notebook]'
	@touch .venv/.plot $@

.venv-satellite/.installed: tests/serve/satellite.txt
	$(PYTHON) -m venv .venv-satellite
	.venv-satellite/bin/python -m pip install -qq --disable-pip-version-check --no-deps -r $<
	@touch $@

# Its TensorFlow Lite knows numpy 1 only.
.venv-wyoming/.installed: | $(BIN)/pip
	$(PYTHON) -m venv .venv-wyoming
	.venv-wyoming/bin/python -m pip install -qq --disable-pip-version-check wyoming-openwakeword==1.8.2 'numpy<2'
	@touch $@

.venv-keras/.installed: tests/train/golden_keras/requirements.txt
	$(PYTHON) -m venv .venv-keras
	.venv-keras/bin/python -m pip install -qq --disable-pip-version-check --no-deps -r $<
	@touch $@
