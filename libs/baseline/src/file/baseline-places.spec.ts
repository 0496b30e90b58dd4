import { baselinePlaces } from './baseline-places.js';

it('finds the line and column of each baseline and limit by its name', () => {
  const text = `version: 1
baselines:
  - name: web
    groups: { ids: [sg-abc12345] }
    ingress: []
  - { groups: { ids: [sg-abc12346] }, name: db, ingress: [] }
limits:
  - name: no-ssh
`;

  expect([...baselinePlaces(text)]).toEqual([
    ['web', { line: 3, column: 11 }],
    ['db', { line: 6, column: 45 }],
    ['no-ssh', { line: 8, column: 11 }],
  ]);
});

it('finds no baseline in a text that is not YAML', () => {
  expect([...baselinePlaces('{')]).toEqual([]);
});
