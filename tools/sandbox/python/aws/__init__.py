"""Extends moto for the sandbox. Importing this package installs the patch before Python imports any module of moto."""

from . import patching

patching.install()
