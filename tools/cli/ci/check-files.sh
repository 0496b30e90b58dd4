#!/bin/sh
# The pre-commit hook: checks the baseline files in its arguments.
# Runs the version of @portcullis/cli in ../package.json.
version=$(node -p 'require(require("node:path").resolve(process.argv[1], "../../package.json")).version' "$0") || exit 1
status=0
for file in "$@"; do
  npx --yes "@portcullis/cli@$version" check "--baseline=$file" || status=1
done
exit "$status"
