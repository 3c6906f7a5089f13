# What one does with this project. `make help` lists it.
SHELL := bash
.DEFAULT_GOAL := help
.PHONY: run test check soak bench lock translations clean help

PORT ?= 8000
BIN := .venv/bin
PIP_COMPILE := PIP_CONFIG_FILE=/dev/null env -u PIP_FIND_LINKS -u PIP_INDEX_URL -u PIP_EXTRA_INDEX_URL \
	CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras \
	--no-emit-index-url --no-emit-trusted-host --no-emit-find-links --no-emit-options

run: ## Set up and start the portal with demonstration data (PORT=8000)
	@deploy/setup.sh run && exec $(BIN)/rongyiban serve --port $(PORT)

test: ## Set up and run all tests but the long matrices
	@deploy/setup.sh test
	@$(BIN)/pytest -n auto --dist worksteal

check: ## Lint, format, types, imports, migrations in step with the models
	@deploy/setup.sh test
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/rongyiban db check

soak: ## Run every test, the long matrices included; nothing missing is skipped
	@deploy/setup.sh test
	@CI=true $(BIN)/pytest -n auto --dist worksteal -m "soak or not soak" --hypothesis-profile=soak --timeout=1800

bench: ## Run each benchmark in turn and print its table
	@deploy/setup.sh test
	@set -e; for file in tests/benchmarks/bench_*.py; do name=$${file%.py}; $(BIN)/python -m "$${name//\//.}"; done

lock: ## Pin all requirements anew, with hashes
	@deploy/setup.sh test
	$(PIP_COMPILE) --build-deps-for=editable --upgrade --output-file=deploy/requirements/run.txt pyproject.toml
	$(PIP_COMPILE) --build-deps-for=editable --upgrade --extra=dev --constraint=deploy/requirements/run.txt \
		--output-file=deploy/requirements/dev.txt pyproject.toml

translations: ## Collect the texts of pages and letters into the English catalogue
	@deploy/setup.sh test
	$(BIN)/python deploy/translate.py
	@deploy/setup.sh test

clean: ## Remove everything that can be made again (var/ with its data stays)
	rm -rf .venv build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -prune -exec rm -rf {} +
	find portal/translations -name '*.mo' -delete 2>/dev/null || true

help: ## Show this list
	@awk -F':.*## ' '/^[a-z]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
