import { parseCliConfiguration, renderCliConfiguration } from './cli-configuration.js';
import { awsProvider } from './mirror.js';

describe("a configuration of Terraform's command line", () => {
  it.each([
    {
      name: 'with a mirror',
      text: 'provider_installation {\n  filesystem_mirror {\n    path    = "/mirror"\n    include = ["a/b/c"]\n  }\n}',
      mirrors: ['/mirror'],
    },
    {
      name: 'with two mirrors on one line each',
      text: 'provider_installation { filesystem_mirror { path = "/one" } filesystem_mirror { path = "/two" } direct {} }',
      mirrors: ['/one', '/two'],
    },
    { name: 'with an escaped path', text: 'filesystem_mirror { path = "C:\\\\mirror" }', mirrors: ['C:\\mirror'] },
    { name: 'with a mirror taken out by #', text: '# filesystem_mirror { path = "/no" }', mirrors: [] },
    { name: 'with a mirror taken out by //', text: '// filesystem_mirror { path = "/no" }', mirrors: [] },
    { name: 'with a mirror taken out by /* */', text: '/* filesystem_mirror {\n path = "/no" } */', mirrors: [] },
    {
      name: 'with comment marks in the path, which are the path',
      text: 'filesystem_mirror { path = "/a//b#c" } # end',
      mirrors: ['/a//b#c'],
    },
    { name: 'with a mirror on the network', text: 'network_mirror { url = "https://example.com/" }', mirrors: [] },
    { name: 'that is empty', text: '', mirrors: [] },
  ])('$name says where the mirrors are', ({ text, mirrors }) => {
    expect(parseCliConfiguration(text).mirrors).toEqual(mirrors);
  });

  it('says where the cache is', () => {
    expect(parseCliConfiguration('plugin_cache_dir   = "$HOME/cache"\n').pluginCache).toBe('$HOME/cache');
    expect(parseCliConfiguration('disable_checkpoint = true').pluginCache).toBeUndefined();
  });

  it('that is written is read back', () => {
    const text = renderCliConfiguration('/some "odd" ${mirror}', awsProvider);

    expect(parseCliConfiguration(text).mirrors).toEqual(['/some "odd" ${mirror}']);
    expect(text).toContain('$${mirror}'); // else Terraform would read an expression
    expect(text).toContain('exclude = ["registry.terraform.io/hashicorp/aws"]');
  });

  it('without a mirror leaves everything to the registries', () => {
    expect(renderCliConfiguration(undefined, awsProvider)).toBe('disable_checkpoint = true\n');
  });
});
