# wanctl: `make` lists what can be made.

SWIFT ?= swift
PREFIX ?= /usr/local
DESTDIR ?=

# The tools that are complete, and are installed.
TOOLS = wanctl-ping wanctl-cake wanctl-setq wanctl-loop wanctl-steer wanctl-history

# Debian and Ubuntu packages. Beside them only the Swift toolchain, git and make are needed.
BUILD_PACKAGES = ca-certificates curl pkg-config binutils libcurl4-openssl-dev libmicrohttpd-dev \
	libsqlite3-dev libssh2-1-dev libyaml-dev
TEST_PACKAGES = iperf3 iproute2 iputils-ping openssh-client openssh-server openssl mandoc jq prometheus \
	wrk chromium patch
# What packages are made with, and what looks at them.
DEB_PACKAGES = dpkg-dev
PACKAGE_TEST_PACKAGES = $(DEB_PACKAGES) ansible-core fish lintian logrotate procps skopeo systemd zsh

# `make COVERAGE=1 …` builds and tests with coverage, in a folder of its own: turning coverage on
# and off in one folder would build everything anew each time.
ifdef COVERAGE
SWIFT_FLAGS += --scratch-path .build-coverage --enable-code-coverage
endif
RELEASE_FLAGS = -c release --static-swift-stdlib --scratch-path .build-release

.DEFAULT_GOAL = help
.PHONY: help setup build demo test test-packages test-deb soak lint coverage coverage-report bench \
	release deb oci install clean

help: ## List the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 25

setup: ## Install the system packages that are missing (apt; sudo unless root)
	@scripts/setup $(BUILD_PACKAGES) $(TEST_PACKAGES)

build: setup ## Build everything, tests included (debug)
	$(SWIFT) build --build-tests $(SWIFT_FLAGS)

demo: setup ## Watch the loop hold the latency of a simulated line
	$(SWIFT) build --product wanctl-loop
	"$$($(SWIFT) build --show-bin-path)/wanctl-loop" simulate --tui

test: build ## Build and run all tests
	$(SWIFT) build --package-path Tests/Sim --build-tests
	SWIFT="$(SWIFT)" scripts/test --package-path Tests/Sim --skip-build
	SWIFT="$(SWIFT)" scripts/test $(SWIFT_FLAGS)

SOAK_SECONDS ?= 3600

soak: build ## Run the tools at 20 Hz on a router with faults, for SOAK_SECONDS; nothing may grow
	$(SWIFT) build --package-path Tests/Sim
	SOAK_SECONDS=$(SOAK_SECONDS) SWIFT="$(SWIFT)" scripts/test $(SWIFT_FLAGS) --skip-build \
		--filter SoakTests

test-packages: build ## Test units, package, image and what belongs to them, with debug binaries
	@scripts/setup $(PACKAGE_TEST_PACKAGES)
	scripts/test-packages "$$($(SWIFT) build --show-bin-path $(SWIFT_FLAGS))" $(TOOLS)

test-deb: deb ## Install and run the package on Debian 12 and 13, booted in namespaces (root, network)
	@scripts/setup mmdebstrap
	$(SWIFT) build --package-path Tests/Sim --product RouterSim
	scripts/test-deb "$$(ls -t build/*.deb | head -n 1)" bookworm trixie

lint: setup ## Check format, manuals, imports, file lengths and linked libraries
	$(SWIFT) build --product wanctl-ping $(SWIFT_FLAGS)
	SWIFT="$(SWIFT)" scripts/lint "$$($(SWIFT) build --show-bin-path $(SWIFT_FLAGS))"

coverage: ## Run all tests with coverage, then report
	$(MAKE) COVERAGE=1 test
	$(MAKE) coverage-report

coverage-report: ## Table and coverage/index.html of the last run; fails below 90 % of Sources/Shared
	SWIFT="$(SWIFT)" scripts/coverage .build-coverage 90

bench: setup ## Measure the hot paths and the processes (release)
	SWIFT="$(SWIFT)" scripts/bench

release: setup ## Build the tools for installation: optimised, static Swift runtime
	for tool in $(TOOLS); do $(SWIFT) build $(RELEASE_FLAGS) --product $$tool || exit 1; done

deb: release ## Build a Debian package: build/wanctl_*.deb
	@scripts/setup $(DEB_PACKAGES)
	scripts/deb .build-release/release build $(TOOLS)

oci: release ## Build an OCI image: build/oci and build/wanctl_*.oci.tar
	scripts/oci .build-release/release build $(TOOLS)

install: ## Install what release built, manuals, examples and the units (DESTDIR, PREFIX)
	@test -x .build-release/release/wanctl-loop || $(MAKE) release
	DESTDIR="$(DESTDIR)" PREFIX="$(PREFIX)" scripts/install .build-release/release $(TOOLS)

clean: ## Remove everything that was built
	rm -rf .build .build-* build Tests/Sim/.build coverage
