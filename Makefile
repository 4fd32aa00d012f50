# `make run` starts the app with the demo; `make test` runs every check. Both set up what they need first.
PYTHON ?= python3
PORT ?= 8501
VENV := .venv
BIN := $(VENV)/bin
SAY := @printf '\n==> %s\n'
# Two processes share two cores: threads of their libraries would only wait for one another.
ONE_THREAD := OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1

.PHONY: run demo test check style types layers fast lock map-component clean help
.DEFAULT_GOAL := help

help:
	@echo "make run    set up, build the demo, start the app on http://127.0.0.1:$(PORT)"
	@echo "make test   set up, then check style, types and layers and run every test"
	@echo "make fast   only the fast tests; make lock  compile the requirements; make clean  remove $(VENV)"

$(VENV)/made:
	$(SAY) "Making a virtual environment in $(VENV)"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "ShelfLens needs Python 3.11 or newer: name one with make PYTHON=python3.11 ...")'
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/installed: requirements.txt $(VENV)/made
	$(SAY) "Installing ShelfLens' libraries (2.8 GB unpacked, TensorFlow half of it; a few minutes)"
	$(BIN)/python -m pip install --disable-pip-version-check -r requirements.txt
	@touch $@

$(VENV)/installed-dev: requirements-dev.txt $(VENV)/installed
	$(SAY) "Installing what tests and checks need"
	$(BIN)/python -m pip install --disable-pip-version-check -r requirements-dev.txt
	@touch $@

demo: $(VENV)/installed
	$(SAY) "Building the demo: drawing, importing, embedding, training, mapping (under two minutes; later starts reuse it)"
	$(BIN)/python -m core demo

run: demo
	$(SAY) "Starting ShelfLens on http://127.0.0.1:$(PORT) (stop it with Ctrl-C)"
	$(BIN)/python -m core.ui.serve --server.port $(PORT)

check: $(VENV)/installed-dev
	@$(MAKE) --no-print-directory --output-sync --jobs 2 style types layers

style:
	$(SAY) "Style, complexity and banned imports"
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types:
	$(SAY) "Types"
	$(BIN)/mypy

layers:
	$(SAY) "Layers"
	$(BIN)/lint-imports

test: check
	$(SAY) "Tests (browser journeys need Chromium; shared ones the real pictures; both say so when skipped)"
	$(ONE_THREAD) $(BIN)/python -m pytest -n 2 --dist loadfile --durations 25

fast: $(VENV)/installed-dev
	$(ONE_THREAD) $(BIN)/python -m pytest -n 2 --dist loadfile -m "not shared and not browser and not faults"

lock: $(VENV)/installed-dev
	CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/pip-compile -q --strip-extras --no-emit-index-url --no-emit-find-links --no-emit-trusted-host -o requirements.txt requirements.in
	CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/pip-compile -q --strip-extras --no-emit-index-url --no-emit-find-links --no-emit-trusted-host -o requirements-dev.txt requirements-dev.in

map-component:
	$(SAY) "Building the map in core/ui/components from its sources (needs Node 20 or newer and npm)"
	cd core/ui/components/map && npm ci --ignore-scripts && npm run build

clean:
	rm -rf $(VENV)
