// Writes the packages `@portcullis/cdktf` and `@portcullis/cdktn` into `packages/`. `npx nx run infra:package` builds the functions first.
// Each package contains the constructs for one framework and the functions' bundles. The package for CDKTF also contains the command
// `portcullis-module`.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Extractor, ExtractorConfig } from '@microsoft/api-extractor';
import { build } from 'esbuild';
import { format, resolveConfig } from 'prettier';
import ts from 'typescript';
import { releaseLicensesText } from '../../tools/release/licenses.mjs';
import { publishedPackageFields } from '../../tools/release/published-fields.mjs';

const require = createRequire(import.meta.url);
const infra = join(import.meta.dirname, '..');
const workspace = join(infra, '..');
const declarations = join(infra, 'out-tsc');
const source = readJsonForInfraPackage(infra, 'package.json');
const FUNCTIONS = ['config-remediator', 'cloudtrail-detector'];

/** The name of each framework, and the package of its AWS bindings. */
const FRAMEWORKS = { cdktf: '@cdktf/provider-aws', cdktn: '@cdktn/provider-aws' };

execFileSync(process.execPath, [require.resolve('typescript/bin/tsc'), '--build', join(infra, 'tsconfig.lib.json')], { stdio: 'inherit' });
const types = await formatInfraPackageTypes(await rollUpInfraPackageTypes());
rmSync(join(infra, 'packages'), { recursive: true, force: true });
for (const [framework, provider] of Object.entries(FRAMEWORKS)) await writeInfraPackage(framework, provider);

function readJsonForInfraPackage(...path) {
  return JSON.parse(readFileSync(join(...path), 'utf8'));
}

async function writeInfraPackage(framework, provider) {
  const folder = join(infra, 'packages', framework);
  const renamed = (text) =>
    framework === 'cdktf'
      ? text
      : text
          .replaceAll('@cdktf/', '@cdktn/')
          .replaceAll(/\bcdktf\b/g, framework)
          .replaceAll('CDKTF', 'CDK Terrain');
  mkdirSync(join(folder, 'dist'), { recursive: true });
  // The package has one CommonJS file, which ES modules can also import. With a second file for ES modules, an app could load the
  // constructs twice.
  const library = await bundleInfraPackage('src/index.ts', join(folder, 'dist', 'index.cjs'), {
    alias: framework === 'cdktf' ? {} : { cdktf: framework, '@cdktf/provider-aws': provider },
    external: [framework, `${provider}/*`, 'constructs'],
  });
  const isWithCommand = framework === 'cdktf';
  // The command bundles CDKTF, so that users of the Terraform module need not install CDKTF.
  const bundledCommand = isWithCommand
    ? [
        await bundleInfraPackage('src/terraform-module/main.ts', join(folder, 'dist', 'portcullis-module.cjs'), {
          minify: true,
          banner: '#!/usr/bin/env node\n',
        }),
      ]
    : [];
  writeFileSync(
    join(folder, 'dist', 'index.d.ts'),
    renamed(exportInfraClassesAsTypes(types, Object.keys(require(join(folder, 'dist', 'index.cjs'))))),
  );
  for (const name of FUNCTIONS) copyBundleIntoInfraPackage(name, join(folder, 'functions', name));
  const [constructs, command = ''] = readFileSync(join(infra, 'package.README.md'), 'utf8').split(/(?=^## As a Terraform module$)/m);
  writeFileSync(join(folder, 'README.md'), renamed(constructs + (isWithCommand ? command : '')));
  cpSync(join(workspace, 'LICENSE'), join(folder, 'LICENSE'));
  writeFileSync(join(folder, 'THIRD_PARTY_LICENSES'), releaseLicensesText([library, ...bundledCommand], workspace));
  const peers = {
    [framework]: `^${infraDependencyVersion(framework)}`,
    [provider]: `^${infraDependencyVersion(provider)}`,
    constructs: readJsonForInfraPackage(workspace, 'node_modules', framework, 'package.json').peerDependencies.constructs,
  };
  const manifest = {
    ...publishedPackageFields(
      {
        ...source,
        name: `@portcullis/${framework}`,
        description: renamed('Guards EC2 security groups: the constructs of Portcullis for a CDKTF app'),
        keywords: ['aws', 'security-group', 'drift', 'terraform', framework],
      },
      'infra',
    ),
    type: 'commonjs',
    main: './dist/index.cjs',
    types: './dist/index.d.ts',
    exports: { '.': { types: './dist/index.d.ts', default: './dist/index.cjs' }, './package.json': './package.json' },
    imports: { '#functions/*': './functions/*/package.json' },
    ...(isWithCommand && { bin: { 'portcullis-module': './dist/portcullis-module.cjs' } }),
    files: ['dist', 'functions', 'THIRD_PARTY_LICENSES'],
    peerDependencies: peers,
    ...(isWithCommand && { peerDependenciesMeta: Object.fromEntries(Object.keys(peers).map((name) => [name, { optional: true }])) }),
  };
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}

/** Bundles `entryPoint` into `outfile`, and returns esbuild's metafile. */
async function bundleInfraPackage(entryPoint, outfile, { banner = '', ...options }) {
  const { metafile } = await build({
    ...options,
    absWorkingDir: workspace,
    entryPoints: [join(infra, entryPoint)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    conditions: ['@portcullis/source', 'module'],
    mainFields: ['module', 'main'],
    // CommonJS has no `import.meta`.
    define: { 'import.meta.url': 'importMetaUrl' },
    banner: { js: `${banner}const importMetaUrl = require('node:url').pathToFileURL(__filename).href;` },
    metafile: true,
    logLevel: 'warning',
  });
  return metafile;
}

function copyBundleIntoInfraPackage(name, folder) {
  const dist = join(workspace, 'apps', name, 'dist');
  mkdirSync(join(folder, 'dist'), { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }\n');
  for (const file of readdirSync(dist)) if (file.endsWith('.mjs')) cpSync(join(dist, file), join(folder, 'dist', file));
}

function infraDependencyVersion(name) {
  return { ...source.dependencies, ...source.devDependencies }[name];
}

async function formatInfraPackageTypes(types) {
  return format(types, { ...(await resolveConfig(import.meta.filename)), parser: 'typescript' });
}

/**
 * Returns the type declarations of `src/index.ts` as one text that imports none of our other packages.
 *
 * @throws {Error} if the declarations differ from the report in `api`. `--update` writes the report.
 */
async function rollUpInfraPackageTypes() {
  const settings = join(declarations, 'settings');
  cpSync(join(workspace, 'libs', 'settings', 'dist'), settings, { recursive: true });
  writeFileSync(join(settings, 'settings.d.ts'), await formatInfraPackageTypes(settingsTypesForInfraPackage()));
  const rollup = join(declarations, 'rollup.d.ts');
  const config = ExtractorConfig.prepare({
    configObjectFullPath: undefined,
    packageJsonFullPath: join(infra, 'package.json'),
    configObject: {
      projectFolder: infra,
      mainEntryPointFilePath: join(declarations, 'lib', 'index.d.ts'),
      bundledPackages: ['@portcullis/*', '@portcullis/permission-diff'],
      compiler: {
        overrideTsconfig: {
          compilerOptions: {
            module: 'nodenext',
            moduleResolution: 'nodenext',
            target: 'es2022',
            lib: ['es2023'],
            skipLibCheck: true,
            types: ['node'],
            paths: { '@portcullis/settings': [join(settings, 'index.d.ts')] },
          },
        },
      },
      apiReport: {
        enabled: true,
        reportFileName: 'index',
        reportFolder: join(infra, 'api'),
        reportTempFolder: join(declarations, 'api'),
      },
      newlineKind: 'lf',
      docModel: { enabled: false },
      tsdocMetadata: { enabled: false },
      dtsRollup: { enabled: true, untrimmedFilePath: rollup },
      messages: { extractorMessageReporting: { default: { logLevel: 'none' } } },
    },
  });
  mkdirSync(join(infra, 'api'), { recursive: true });
  const isUpdate = process.argv.includes('--update');
  const { apiReportChanged } = Extractor.invoke(config, { localBuild: isUpdate });
  if (apiReportChanged && !isUpdate)
    throw new Error(
      '`infra/api/index.api.md` does not match the public API. If the change of the API is intended, run `npx nx run infra:package --update`',
    );
  return readFileSync(rollup, 'utf8');
}

/**
 * API Extractor writes `export` for a class that `src/index.ts` exports only as a type. Returns the declarations with `export type` for
 * every class that is not in `values`.
 */
function exportInfraClassesAsTypes(text, values) {
  const typesOnly = [];
  const corrected = text.replace(/^export (?=declare class (\w+))/gm, (all, name) => {
    if (values.includes(name)) return all;
    typesOnly.push(name);
    return '';
  });
  return corrected.replace(/^export \{\};$/m, `export type { ${typesOnly.join(', ')} };`);
}

/** Returns declarations of the settings' types that do not refer to the schema library. */
function settingsTypesForInfraPackage() {
  const folder = join(workspace, 'libs', 'settings');
  const { config } = ts.readConfigFile(join(folder, 'tsconfig.lib.json'), ts.sys.readFile);
  const { fileNames, options } = ts.parseJsonConfigFileContent(config, ts.sys, folder);
  const program = ts.createProgram(fileNames, options);
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(join(folder, 'src', 'settings.ts'));
  const { NoTruncation, InTypeAlias } = ts.TypeFormatFlags;
  return checker
    .getExportsOfModule(checker.getSymbolAtLocation(source))
    .filter(({ flags }) => flags & ts.SymbolFlags.TypeAlias)
    .map((symbol) => {
      const type = checker.getDeclaredTypeOfSymbol(symbol);
      const comment = ts.displayPartsToString(symbol.getDocumentationComment(checker));
      const text = checker.typeToString(type, undefined, NoTruncation | InTypeAlias);
      return `${comment === '' ? '' : `/** ${comment} */\n`}export type ${symbol.name} = ${text};`;
    })
    .concat('export declare const settingsSchema: unknown;')
    .join('\n');
}
