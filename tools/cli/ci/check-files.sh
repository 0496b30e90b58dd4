#!/bin/sh
# The pre-commit hook: checks each of these baseline files with the version of @portcullis/cli that belongs to this revision.
version=$(node -p 'require(require("node:path").resolve(process.argv[1], "../../package.json")).version' "$0") || exit 1
status=0
for file in "$@"; do
  npx --yes "@portcullis/cli@$version" check "--baseline=$file" || status=1
done
exit "$status"
