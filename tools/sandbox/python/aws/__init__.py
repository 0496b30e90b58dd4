"""What the sandbox adds to moto. Importing it installs the patch, before any module of moto is imported."""

from . import patching

patching.install()
