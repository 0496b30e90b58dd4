// The fields that every published package has. Only this file names the repository.
import { posix } from 'node:path';

const REPOSITORY = 'https://github.com/portcullis-guard/portcullis';

/**
 * Returns the fields of a published `package.json` that do not depend on what the package does.
 *
 * @param {{ name: string, version: string, description: string, license: string, engines: object, keywords?: string[] }} source the
 *   `package.json` of the project
 * @param {string} directory of the project, relative to the root of the repository, with `/`
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

/** Returns the README with absolute links, because the packages do not contain the files that it links to. */
export function publishedReadme(text, directory, version) {
  return text.replace(/\]\((?![a-z]+:|#)([^)]+)\)/g, (_, target) => `](${REPOSITORY}/blob/v${version}/${posix.join(directory, target)})`);
}
