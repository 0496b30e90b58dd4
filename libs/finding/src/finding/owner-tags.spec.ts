import { example } from '../testing/example.js';
import { ownerFromTags, ownerTags } from './owner-tags.js';

it.each<[string, Record<string, string>, Record<string, string> | undefined]>([
  [
    'the documented keys in any case',
    { Owner: 'ana', TEAM: 'web', contact: '#web', Env: 'prod' },
    { Owner: 'ana', TEAM: 'web', contact: '#web' },
  ],
  ['application and service', { Application: 'shop', service: 'cart' }, { Application: 'shop', service: 'cart' }],
  ['nothing if no tag names an owner', { Name: 'web', OwnerOf: 'x' }, undefined],
  ['a value with several lines as one line', { Owner: 'a\nb' }, { Owner: 'a b' }],
])('`ownerTags` returns %s', (_, tags, owners) => {
  expect(ownerTags(tags)).toEqual(owners);
});

it.each<[Record<string, string> | undefined, string | undefined]>([
  [{ Service: 'shop', team: 'web', Owner: 'ana' }, 'ana'],
  [{ Service: 'shop', TEAM: 'web' }, 'web'],
  [{ Owner: ' \u0007', Contact: 'ana@example.com\n' }, 'ana@example.com'],
  [{}, undefined],
  [undefined, undefined],
])('`ownerFromTags` returns, for a group with the tags %j, the owner %s', (tags, owner) => {
  expect(ownerFromTags({ ...example().group, ...(tags && { tags }) })).toBe(owner);
});
