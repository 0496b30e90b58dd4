// The fields that every published package has. No other file contains the address of the repository.
import { posix } from 'node:path';

const REPOSITORY = 'https://github.com/portcullis-guard/portcullis';

/**
 * Returns the fields that the `package.json` of every published package has, such as `version`, `license` and `repository`.
 *
 * @param {{ name: string, version: string, description: string, license: string, engines: object, keywords?: string[] }} source the
 *   `package.json` of the project
 * @param {string} directory the project's folder relative to the root of the repository, separated by `/`
 */
export function publishedPackageFields({ name, version, description, keywords, license, engines }, directory) {
  return {
    name,
    version,
    description,
    keywords,
    license,
    homepage: `${REPOSITORY}/tree/main/${directory}#readme`,
    bugs: `${REPOSITORY}/issues`,
    repository: { type: 'git', url: `git+${REPOSITORY}.git`, directory },
    publishConfig: { access: 'public', provenance: true },
    engines,
  };
}

/** Returns the README with absolute links, because the package does not contain the files that the README links to. */
export function publishedReadme(text, directory, version) {
  return text.replace(/\]\((?![a-z]+:|#)([^)]+)\)/g, (_, target) => `](${REPOSITORY}/blob/v${version}/${posix.join(directory, target)})`);
}
