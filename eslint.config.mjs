import nx from '@nx/eslint-plugin';
import prettier from 'eslint-config-prettier';
import tseslint from 'typescript-eslint';

const sdk = ['@aws-sdk/*', '@smithy/*', 'aws-sdk'];

/** What a core library may not touch: it computes, and everything it needs is an argument. */
const corePurity = {
  'no-restricted-imports': [
    'error',
    {
      patterns: [
        {
          group: ['node:*', '!node:crypto', 'fs', 'path', 'os', 'crypto'],
          message: 'a core library does no I/O: take what you need as an argument',
        },
        { group: ['**/testing', '**/testing/*'], message: 'testing code stays in tests' },
        { group: sdk, message: 'a core library knows no SDK: its types are structural' },
      ],
    },
  ],
  'no-restricted-globals': ['error', 'process', 'console', 'Date', 'fetch', 'setTimeout'],
  'no-restricted-properties': ['error', { object: 'Math', property: 'random', message: 'a core library is deterministic' }],
};

const ARN_LITERALS = ['Literal[value=/arn:aws:/]', 'TemplateElement[value.raw=/arn:aws:/]'].map((selector) => ({
  selector,
  message: 'an ARN begins with `arn:<partition>:`: `partitionOf` of @portcullis/cloudtrail, or `aws_partition` in a stack, knows which',
}));

/** The bundles have no error classes of the SDK: see `shakeSchemas` of @portcullis/bundle. */
const SDK_ERROR_CLASSES = {
  selector: 'BinaryExpression[operator="instanceof"][right.name=/Exception$/]',
  message: 'compare the `name` of the error: bundles have no error classes of the SDK',
};

/** One dialect: a function that a module names is a declaration. An arrow function of a named type is a value of that type. */
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
      // To name a property is how one leaves it out of the rest.
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true }],
      // Numbers in messages are ports, counts and lengths, so their default text is right.
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
      // Benchmarks play the tests' inputs longer, and are not shipped.
      'tools/bench/**',
    ],
    rules: {
      'no-restricted-imports': ['error', { patterns: [{ group: ['**/testing', '**/testing/*'], message: 'testing code stays in tests' }] }],
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
    // What a script finds out as it runs is no constant.
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
);
