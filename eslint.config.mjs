import nx from '@nx/eslint-plugin';
import prettier from 'eslint-config-prettier';
import tseslint from 'typescript-eslint';

const sdk = ['@aws-sdk/*', '@smithy/*', 'aws-sdk'];

/** Core libraries only compute: they read no files, clock or environment, and get all input as arguments. */
const corePurity = {
  'no-restricted-imports': [
    'error',
    {
      patterns: [
        {
          group: ['node:*', '!node:crypto', 'fs', 'path', 'os', 'crypto'],
          message: 'a core library does no I/O: pass the data as an argument',
        },
        { group: ['**/testing', '**/testing/*'], message: 'only tests can import from `testing`' },
        { group: sdk, message: 'a core library must not import an SDK: declare the types that it needs' },
      ],
    },
  ],
  'no-restricted-globals': ['error', 'process', 'console', 'Date', 'fetch', 'setTimeout'],
  'no-restricted-properties': [
    'error',
    { object: 'Math', property: 'random', message: 'a core library must be deterministic: pass random values as an argument' },
  ],
};

const ARN_LITERALS = ['Literal[value=/arn:aws:/]', 'TemplateElement[value.raw=/arn:aws:/]'].map((selector) => ({
  selector,
  message: 'do not write the partition `aws` into an ARN: use `partitionOf` of @portcullis/cloudtrail, or `aws_partition` in a stack',
}));

/** The bundler removes the SDK's error classes, so `instanceof` would be false for every error: see `shakeSchemas` in tools/bundle. */
const SDK_ERROR_CLASSES = {
  selector: 'BinaryExpression[operator="instanceof"][right.name=/Exception$/]',
  message: 'compare the `name` of the error: the bundles contain no SDK error classes',
};

/** Requires a function declaration for a named function. An arrow function is allowed only if its constant has a declared type. */
const ARROW_CONSTANTS = ['Program', 'ExportNamedDeclaration'].map((parent) => ({
  selector: `${parent} > VariableDeclaration > VariableDeclarator:not([id.typeAnnotation]) > ArrowFunctionExpression`,
  message: 'write a function declaration: `function name() {}`',
}));

export default tseslint.config(
  {
    ignores: [
      '**/dist',
      '{libs/*,tools/cli}/package',
      'infra/packages',
      '**/out-tsc',
      '**/cdktf.out',
      '**/test-results',
      '**/.nx',
      '**/node_modules',
    ],
  },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  { files: ['**/*.{ts,mts,js,mjs,cjs}'], plugins: { '@nx': nx } },
  {
    files: ['**/*.{ts,mts}'],
    extends: [...tseslint.configs.strictTypeChecked, ...tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@nx/enforce-module-boundaries': [
        'error',
        {
          banTransitiveDependencies: true,
          depConstraints: [
            { sourceTag: 'layer:core', onlyDependOnLibsWithTags: ['layer:core'], bannedExternalImports: sdk },
            { sourceTag: 'layer:aws', onlyDependOnLibsWithTags: ['layer:core', 'layer:aws'] },
            { sourceTag: 'layer:app', onlyDependOnLibsWithTags: ['layer:core', 'layer:aws'] },
            { sourceTag: 'layer:infra', onlyDependOnLibsWithTags: ['layer:core'] },
            { sourceTag: 'layer:tool', onlyDependOnLibsWithTags: ['layer:core', 'layer:aws', 'layer:tool'] },
          ],
        },
      ],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      // We declare no enum, and this rule takes a fifth of the time of `npm run lint`.
      '@typescript-eslint/no-unsafe-enum-assignment': 'off',
      // Allows `const { unwanted, ...rest } = object`, which copies an object without one property.
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true }],
      // The numbers in our messages (ports, counts, lengths) need no formatting.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/ban-ts-comment': ['error', { minimumDescriptionLength: 10 }],
    },
  },
  {
    files: ['libs/{permission-diff,baseline,cloudtrail,yaml-file,settings,aws-limits}/src/**/*.ts'],
    ignores: ['**/*.spec.ts', '**/testing/**'],
    rules: corePurity,
  },
  {
    files: ['{apps,libs,infra,tools}/**/src/**/*.ts'],
    ignores: [
      '**/*.spec.ts',
      '**/testing/**',
      'libs/{permission-diff,baseline,cloudtrail,yaml-file,settings,aws-limits}/**',
      // The benchmarks use the tests' generators, and are not published.
      'tools/bench/**',
    ],
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: [{ group: ['**/testing', '**/testing/*'], message: 'only tests can import from `testing`' }] },
      ],
    },
  },
  {
    files: ['{apps,libs,infra,tools}/**/src/**/*.ts', '**/*.mjs'],
    ignores: ['**/*.spec.ts', '**/testing/**', 'eslint.config.mjs'],
    rules: {
      'no-restricted-syntax': ['error', ...ARN_LITERALS, ...ARROW_CONSTANTS, SDK_ERROR_CLASSES],
    },
  },
  {
    files: ['**/testing/**/*.ts'],
    rules: { 'no-restricted-syntax': ['error', ...ARROW_CONSTANTS] },
  },
  {
    files: ['{apps,libs,infra,tools}/**/src/**/*.ts'],
    // The constants at the top level of a `main.ts` are computed when the program starts, so they need no upper-case names.
    ignores: ['**/*.spec.ts', '**/testing/**', '**/main.ts'],
    rules: {
      '@typescript-eslint/naming-convention': [
        'error',
        { selector: 'variable', modifiers: ['const', 'global'], types: ['boolean', 'number', 'string'], format: ['UPPER_CASE'] },
        { selector: 'function', format: ['camelCase'] },
        { selector: 'typeLike', format: ['PascalCase'] },
      ],
    },
  },
  prettier,
  {
    // Prettier does not wrap comments. This block comes after `prettier`, which turns off `max-len`.
    rules: {
      'max-len': ['error', { code: 10_000, comments: 140, ignoreUrls: true, ignorePattern: 'Stryker disable|eslint-disable' }],
      'no-duplicate-imports': 'error',
    },
  },
);
