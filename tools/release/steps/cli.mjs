// The command, run by npx in an empty folder.
export const needs = ['@portcullis/cli'];

export async function use({ emptyFolder, run, version }) {
  const folder = emptyFolder('cli');
  const printed = (await run('npx', ['--yes', '@portcullis/cli', '--version'], folder)).trim();
  if (printed !== version) throw new Error(`npx @portcullis/cli --version printed ${printed}, expected ${version}`);
  return `npx @portcullis/cli --version prints ${printed}`;
}
