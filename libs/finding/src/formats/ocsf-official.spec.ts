/**
 * Checks our events against the official schema. The test is skipped unless `OCSF_SCHEMA` is the path of a copy of that schema:
 *
 *   git clone --depth 1 --branch 1.8.0 https://github.com/ocsf/ocsf-schema /tmp/ocsf-schema
 *   OCSF_SCHEMA=/tmp/ocsf-schema npx jest -c libs/finding/jest.config.mjs ocsf-official
 */
import { OCSF_EVENTS } from '../testing/ocsf-events.js';
import { ocsfProblems, readOcsfSource } from '../testing/ocsf-source.js';

const { OCSF_SCHEMA: folder = '' } = process.env;
const official = folder === '' ? describe.skip : describe;

official(
  folder === ''
    ? 'the official OCSF schema (skipped: set OCSF_SCHEMA to a copy of https://github.com/ocsf/ocsf-schema)'
    : 'the official OCSF schema',
  () => {
    const source = folder === '' ? undefined : readOcsfSource(folder);

    it.each(OCSF_EVENTS)('accepts %s', (_, event) => {
      expect(source && ocsfProblems(JSON.parse(JSON.stringify(event)) as Record<string, unknown>, source)).toEqual([]);
    });

    it.each([
      ['an attribute that is missing', { time: undefined }, 'time: missing'],
      ['an unknown attribute', { severity_label: 'high' }, 'severity_label: unknown attribute'],
      ['an unknown value', { status_id: 9 }, 'status_id: 9 is not one of the values'],
      ['the name of another value', { severity: 'Low' }, 'severity_id: 5 is called Critical, not Low'],
      ['a text as a time', { time: 'now' }, 'time: not a timestamp_t'],
      ['no list where it expects one', { evidences: {} }, 'evidences: not a list'],
      ['an attribute of a profile that the event does not have', { time_dt: '2026-11-23T10:00:09Z' }, 'time_dt: unknown attribute'],
    ])('refuses %s', (_, changed, problem) => {
      const [[, event]] = OCSF_EVENTS as [(typeof OCSF_EVENTS)[number]];
      const problems = source && ocsfProblems(JSON.parse(JSON.stringify({ ...event, ...changed })) as Record<string, unknown>, source);

      expect(problems).toEqual([problem]);
    });
  },
);
