/** What is of interest in a configuration file of Terraform's command line. */
export interface CliConfiguration {
  /** The folders of its `filesystem_mirror` blocks, as written, in order. */
  readonly mirrors: readonly string[];
  /** Its `plugin_cache_dir`, as written. */
  readonly pluginCache: string | undefined;
}

/**
 * Reads Terraform's CLI configuration, as far as it says where providers are on this machine. Whatever else it holds is Terraform's to judge.
 * Source: https://developer.hashicorp.com/terraform/cli/config/config-file
 */
export const parseCliConfiguration = (text: string): CliConfiguration => {
  const code = withoutComments(text);
  return {
    mirrors: [...code.matchAll(mirrorBlock)].flatMap(([, block = '']) => assigned(block, 'path')),
    pluginCache: assigned(code, 'plugin_cache_dir')[0],
  };
};

const quoted = /"(?:[^"\\\n]|\\.)*"/;

// A brace in quoted text ends no block.
const mirrorBlock = new RegExp(`\\bfilesystem_mirror\\s*\\{((?:${quoted.source}|[^}"])*)\\}`, 'g');

/** What the text assigns to a name, in quotes: `path = "/mirror"`. */
const assigned = (text: string, name: string): readonly string[] =>
  [...text.matchAll(new RegExp(`(?:^|[\\s{])${name}\\s*=\\s*(${quoted.source})`, 'g'))].map(([, value = '']) =>
    value
      .slice(1, -1)
      .replace(/\\(.)/g, '$1')
      .replace(/([$%])\1(?=\{)/g, '$1'),
  );

// Quoted text first: a comment mark in it is no comment.
const withoutComments = (text: string): string =>
  text.replace(
    new RegExp(`(${quoted.source})|#[^\\n]*|//[^\\n]*|/\\*[^]*?\\*/`, 'g'),
    (_, keep?: string) => keep ?? ' ',
  );

/**
 * A configuration that takes the AWS provider from one folder and nowhere else, or, without a folder, everything from the registry it names.
 * Terraform asks nobody whether there is a newer one of itself.
 */
export const renderCliConfiguration = (mirror: string | undefined, provider: string): string =>
  mirror === undefined
    ? 'disable_checkpoint = true\n'
    : `disable_checkpoint = true

provider_installation {
  filesystem_mirror {
    path    = ${hclText(mirror)}
    include = [${hclText(provider)}]
  }
  direct {
    exclude = [${hclText(provider)}]
  }
}
`;

const hclText = (text: string): string => JSON.stringify(text).replace(/[$%](?=\{)/g, '$&$&');
