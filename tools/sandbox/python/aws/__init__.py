"""What the sandbox adds to moto. An import of this package installs the patch, before Python imports any module of moto."""

from . import patching

patching.install()
