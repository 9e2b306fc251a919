# The two that a newcomer needs are `make run` and `make test`.
.DEFAULT_GOAL := help
.PHONY: run test check format pages bench css help clean
PYTEST ?=
# Tests run in as many processes as there are cores, four at most: each has a browser and databases of its own.
PROCESSES ?= $(shell cores=$$(nproc 2>/dev/null || echo 2); [ $$cores -gt 4 ] && cores=4; echo $$cores)

run: ## start the hub on http://127.0.0.1:8000 (PORT, HOST, DATA_DIR); Ctrl-C ends it
	@tools/environment
	@exec .venv/bin/python -m advocacy serve

test: ## install what tests need, check, and run all tests on SQLite and PostgreSQL (PYTEST="-k feed" for some)
	@tools/environment dev
	@.venv/bin/python tools/provision
	@$(MAKE) --no-print-directory check
	@.venv/bin/pytest -n $(PROCESSES) --dist loadgroup $(PYTEST)

check: ## lint, types and import rules: what can be said without running anything
	@tools/environment dev
	.venv/bin/ruff check .
	.venv/bin/ruff format --check --quiet . || { echo "Run: make format"; exit 1; }
	.venv/bin/mypy
	.venv/bin/lint-imports

format: ## lay out the code as it should be, and mend what lint can mend
	@tools/environment dev
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .

pages: ## take pictures of every page with demo data into build/pages/ (tools/pages --language nb)
	@tools/environment dev
	@.venv/bin/python tools/provision
	@.venv/bin/python tools/pages

bench: ## measure what is promised to be fast, side by side with its peers (SIZE=small: in a few minutes)
	@tools/environment dev
	@.venv/bin/python tools/provision load
	@.venv/bin/python -m benchmarks $(SIZE)

css: ## rebuild static/ from styles/ and the templates (the one thing that needs Node)
	@tools/environment
	@.venv/bin/python tools/provision node
	@styles/build

help: ## list what make can do
	@sed -n 's/^\([a-z]*\): ## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

clean: ## throw away .venv, .tools and everything built; your data in instance/ stays
	@rm -rf .venv .tools build .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
