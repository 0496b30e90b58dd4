import { posix } from 'node:path';

const REPOSITORY = 'https://github.com/portcullis-guard/portcullis';

/**
 * Returns the fields that every published `package.json` has, such as `version`, `license` and `repository`.
 *
 * @param {{ name: string, version: string, description: string, license: string, engines: object, keywords?: string[] }} source the
 *   `package.json` of the project
 * @param {string} directory the path of the project's folder in the repository, with `/`
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

/** Returns the README with absolute links, because the package does not contain the linked files. */
export function publishedReadme(text, directory, version) {
  return text.replace(/\]\((?![a-z]+:|#)([^)]+)\)/g, (_, target) => `](${REPOSITORY}/blob/v${version}/${posix.join(directory, target)})`);
}
