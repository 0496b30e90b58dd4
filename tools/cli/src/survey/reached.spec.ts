import { surveyReachedLinks, type GroupLink } from './reached.js';

const LINKS: readonly GroupLink[] = [
  { from: 'bastion', to: 'db', traffic: 'tcp/5432' },
  { from: 'web', to: 'db', traffic: 'tcp/5432' },
  { from: 'db', to: 'backup', traffic: 'tcp/22' },
  { from: 'backup', to: 'bastion', traffic: 'tcp/22' },
];

it('surveyReachedLinks returns exactly the links on all paths that start at the given groups', () => {
  expect([...surveyReachedLinks(['bastion'], LINKS)]).toEqual([
    ['db', [LINKS[0]]],
    ['backup', [LINKS[2]]],
    ['bastion', [LINKS[3]]],
  ]);
  expect(surveyReachedLinks(['nowhere'], LINKS).size).toBe(0);
});

it('surveyReachedLinks returns the links to at most 200 groups', () => {
  const many = Array.from({ length: 500 }, (_, i): GroupLink => ({ from: `sg-${i}`, to: `sg-${i + 1}`, traffic: 'tcp/22' }));

  expect(surveyReachedLinks(['sg-0'], many).size).toBe(200);
});
