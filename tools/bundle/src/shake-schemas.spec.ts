import { withoutDerivedQueryNames, writeSchemaKeysAsLiterals } from './shake-schemas.js';

it('`writeSchemaKeysAsLiterals` replaces every computed key by the string of its constant, and changes no other text', () => {
  const ec2 = `const _AKI = "AccessKeyId";
const _xN = "xmlName";
const _eQN = "ec2QueryName";
export var Credentials$ = [3, n0, "Credentials",
    0,
    [_AKI],
    [[1, { [_eQN]: \`Min\`,
                [_xN]: _AKI }], 0]
];
var KeyList = [1, n0, "KeyList", 0, [0, { [_xN]: _AKI }]];
`;

  expect(writeSchemaKeysAsLiterals(ec2)).toBe(ec2.replaceAll('[_eQN]:', '"ec2QueryName":').replaceAll('[_xN]:', '"xmlName":'));
});

it.each([
  ['a key without a constant in the module', 'export var A$ = [3, { [_x]: 1 }];', '`[_x]`'],
  ['a key that is an expression', 'const _x = "x";\nexport var A$ = [3, { [_x + 1]: 1 }];', '`[_x + 1]`'],
  ['a constant that is not a string', 'const _x = 1;\nexport var A$ = [3, { [_x]: 1 }];', '`[_x]`'],
  ['the one key with another meaning as a literal', 'const _x = "__proto__";\nexport var A$ = [{ [_x]: 1 }];', '`[_x]`'],
  ['an unknown key after a known one', 'const _x = "x";\nvar A$ = [{ [_x]: 1,\n  [_y]: 2 }];', '`[_y]`'],
])('`writeSchemaKeysAsLiterals` refuses %s', (_, text, named) => {
  expect(() => writeSchemaKeysAsLiterals(text)).toThrow(`the computed keys ${named}`);
});

it('`writeSchemaKeysAsLiterals` refuses a module without schemas', () => {
  expect(() => writeSchemaKeysAsLiterals('export const schemas = {};')).toThrow('this module declares no schema');
});

it('`withoutDerivedQueryNames` removes an `ec2QueryName` only if the SDK derives the same name from `xmlName`', () => {
  const schemas = `const _Gr = "Groups";
const _g = "groups";
const _iAS = "ipv6AddressesSet";
export var A$ = [3, n0, "A", 0, [_Gr, "B"], [[0, { "ec2QueryName": _Gr,
            "xmlName": _g }], [0, { "ec2QueryName": \`Ipv6Addresses\`,
            "xmlName": _iAS }]]];`;

  expect(withoutDerivedQueryNames(schemas)).toBe(schemas.replace('"ec2QueryName": _Gr,', ''));
});
