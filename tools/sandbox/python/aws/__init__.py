"""The sandbox's side of moto. The patch comes first: every other module here imports moto."""

from . import patching

patching.install()
