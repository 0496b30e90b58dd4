import type { OpenAccountRegion } from '../aws/account-region.js';
import { Failure } from '../command-line/failure.js';
import { accessDenied, callBy, DB, openerOf, region, WEB, type TestAccountRegion } from '../testing/account-region.js';
import { baselineFile, HTTPS } from '../testing/baselines.js';
import { failure, testFolder, type Changes, type Ran } from '../testing/run-command.js';

const BASELINES = `version: 1
baselines:
  - { name: web, groups: { ids: [${WEB}] }, ingress: [${HTTPS}] }
  - { name: db, groups: { ids: [${DB}] }, ingress: [] }
`;
const folder = testFolder({ 'baseline.yaml': BASELINES });

const DECLARED = 'tcp 443 from 0.0.0.0/0';
const SSH = 'tcp 22 from 0.0.0.0/0';

/** The rules of the group `web`, by region. A region without an entry cannot be read. The group `db` never has drift. */
type Fleet = Readonly<Record<string, readonly string[]>>;

function opener(fleet: Fleet, on: TestAccountRegion = {}): OpenAccountRegion {
  return (options, signal) => {
    const rules = fleet[options.region ?? 'eu-west-1'];
    if (rules === undefined) return Promise.reject(new Failure(`there is no ${options.region ?? ''}`));
    return openerOf(region({ [WEB]: rules, [DB]: [] }), on)(options, signal);
  };
}

/** Runs `report` at noon of the given day of November 2026. */
function report(
  day: number,
  fleet: Fleet,
  args: string,
  { on, ...changes }: Changes & { readonly on?: TestAccountRegion } = {},
): Promise<Ran> {
  const now = (): Date => new Date(`2026-11-${String(day).padStart(2, '0')}T12:00:00Z`);
  const regions = `--regions ${Object.keys(fleet).join(' ')}`;
  return folder.run(`report ${args} ${regions}`, { openAccountRegion: opener(fleet, on), now, ...changes });
}

/** Writes the report of the given day to `DAY.json`. */
const earlier = (day: number, fleet: Fleet, args = ''): Promise<Ran> => report(day, fleet, `--json --out ${day}.json ${args}`);

async function changesSince(day: number, fleet: Fleet, args: string, on: TestAccountRegion = {}): Promise<unknown> {
  const { stdout } = await report(day, fleet, `${args} --json`, { on });
  return (JSON.parse(stdout) as { since: { changes: unknown } }).since.changes;
}

it('`report --since` shows which drift is new, still open or gone, and how long the drift was open', async () => {
  await earlier(9, { 'eu-west-1': [SSH, 'tcp 3389 from 0.0.0.0/0', DECLARED] });
  await earlier(16, { 'eu-west-1': [SSH, 'tcp 3389 from 0.0.0.0/0', DECLARED] });

  const { stdout, stderr, exitCode } = await report(23, { 'eu-west-1': [SSH] }, '--since 16.json 9.json');

  expect(stdout.slice(stdout.indexOf('Drift since'))).toBe(
    `Drift since 2026-11-09 12:00 UTC (2 earlier reports): 1 rule new, 1 still open, 1 gone.
CHANGE      OPEN FOR          REGION     GROUP        NAME  RULE
new         at most 7 days    eu-west-1  sg-0000000a  web   authorize ingress tcp/443 from 0.0.0.0/0
still open  at least 14 days  eu-west-1  sg-0000000a  web   revoke ingress tcp/22 from 0.0.0.0/0
gone        at least 7 days   eu-west-1  sg-0000000a  web   revoke ingress tcp/3389 from 0.0.0.0/0
`,
  );
  expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 2 });
});

it('`report --since --json` adds the comparison to the JSON, and a later report can read that JSON', async () => {
  await earlier(16, { 'eu-west-1': [DECLARED] });
  await earlier(20, { 'eu-west-1': [DECLARED, SSH] }, '--since 16.json');

  expect(await changesSince(23, { 'eu-west-1': [DECLARED, SSH] }, '--since 16.json 20.json')).toEqual([
    {
      ...{ change: 'new', action: 'revoke', direction: 'ingress', rule: 'tcp/22 from 0.0.0.0/0', ruleId: `sgr-2-${WEB}` },
      ...{ severity: 'critical', accountId: '111122223333', region: 'eu-west-1', profile: null, groupId: WEB, name: 'web' },
      changedAt: null,
      openSeconds: { min: 3 * 86_400, max: 7 * 86_400 },
    },
  ]);
});

it('`report --since` ignores the ids of rules if a report was made only from AWS Config, because AWS Config does not record the ids', async () => {
  await earlier(16, { 'eu-west-1': [DECLARED, SSH] });
  const report16 = JSON.parse(folder.read('16.json')) as { places: { recorded?: object; groups: { drift?: { changes: object[] } }[] }[] };
  for (const place of report16.places) {
    place.recorded = { oldestCapture: '2026-11-01T00:00:00Z', newestCapture: '2026-11-16T00:00:00Z', differencesReadLive: false };
    for (const { drift } of place.groups) if (drift) drift.changes = drift.changes.map((change) => ({ ...change, ruleId: undefined }));
  }
  folder.write('16.json', JSON.stringify(report16));

  expect(await changesSince(23, { 'eu-west-1': [DECLARED, SSH] }, '--since 16.json')).toMatchObject([
    { change: 'open', rule: 'tcp/22 from 0.0.0.0/0', openSeconds: { min: 7 * 86_400, max: null } },
  ]);
});

it('`report --since` takes the time of a change from CloudTrail if any of the reports was made with `--who`', async () => {
  const on = { calls: [callBy({ day: '20' })] };
  await earlier(16, { 'eu-west-1': [DECLARED] });
  await report(21, { 'eu-west-1': [DECLARED, SSH] }, '--who --json --out 21.json', { on });
  const exact = { changedAt: '2026-11-20T11:00:00Z', openSeconds: { min: 3 * 86_400 + 3600, max: 3 * 86_400 + 3600 } };

  expect(await changesSince(23, { 'eu-west-1': [DECLARED, SSH] }, '--who --since 16.json', on)).toMatchObject([exact]);
  expect(await changesSince(23, { 'eu-west-1': [DECLARED, SSH] }, '--since 16.json 21.json')).toMatchObject([exact]);
});

it('`report --since` lists a rule that was revoked and opened again as new, because its id differs', async () => {
  await earlier(16, { 'eu-west-1': [DECLARED, SSH] });

  expect(await changesSince(23, { 'eu-west-1': [DECLARED, 'tcp 443 from 10.0.0.0/8', SSH] }, '--since 16.json')).toMatchObject([
    { change: 'new', rule: 'tcp/22 from 0.0.0.0/0', ruleId: `sgr-3-${WEB}` },
    { change: 'new', rule: 'tcp/443 from 10.0.0.0/8' },
    { change: 'gone', rule: 'tcp/22 from 0.0.0.0/0', ruleId: `sgr-2-${WEB}` },
  ]);
});

it('`report --since` lists drift as unknown if the current report or the earlier report did not read the region', async () => {
  const both = { 'eu-west-1': [DECLARED, SSH], 'us-east-1': [DECLARED, SSH] };
  await earlier(16, { 'eu-west-1': both['eu-west-1'] });
  await earlier(17, both);

  const added = await report(23, both, '--since 16.json');
  const left = await report(23, { 'eu-west-1': [DECLARED] }, '--since 17.json');

  expect(added.stdout).toMatch(/^unknown +unknown +us-east-1 /m);
  expect(added.stdout).toMatch(/^still open +at least 7 days +eu-west-1 /m);
  expect(added.stdout).toContain('\nNot read in the earlier report: 111122223333/us-east-1.\n');
  expect(left.stdout).toMatch(/^unknown +unknown +us-east-1 /m);
  expect(left.stdout).toMatch(/^gone .* eu-west-1 /m);
  expect(left.stdout).toContain('\nNot read in this report, so the drift is unknown: 111122223333/us-east-1.\n');
});

it('`report --since` says that the baselines changed between the reports', async () => {
  await earlier(16, { 'eu-west-1': [DECLARED, SSH] });
  folder.write('other.yaml', baselineFile([HTTPS]));

  const { stdout } = await report(23, { 'eu-west-1': [DECLARED, SSH] }, 'other.yaml --since 16.json');

  expect(stdout).toContain(
    '\nThe baselines or limits changed between the reports, so drift may be new or gone although no rule changed.\n',
  );
});

it('`report --since` says that there is no drift if no report has drift', async () => {
  await earlier(16, { 'eu-west-1': [DECLARED] });

  expect((await report(23, { 'eu-west-1': [DECLARED] }, '--since 16.json')).stdout).toMatch(
    /\nDrift since 2026-11-16 12:00 UTC \(1 earlier report\): none\.\n$/,
  );
});

it('`report --since` refuses every file that is not an earlier report, before it calls AWS', async () => {
  folder.write('broken.json', '{');
  folder.write('plan.json', '{"schemaVersion":2,"at":"2026-11-16T12:00:00Z","groups":[]}');
  folder.write('newer.json', '{"schemaVersion":3,"at":"2026-11-16T12:00:00Z","places":[]}');
  await earlier(30, { 'eu-west-1': [DECLARED] });

  expect(await folder.run('report --since broken.json plan.json newer.json 30.json none.json')).toEqual(
    failure(
      '`broken.json` is not a report; expected a file that `report --json` wrote',
      '`plan.json` is not a report; expected a file that `report --json` wrote',
      '`newer.json` has the schema version 3, and this release reads 2; expected a file that `report --json` wrote',
      '`30.json` was made at 2026-11-30T12:00:00.000Z, which is in the future; expected an earlier report',
      'cannot read `none.json`: no such file or directory',
    ),
  );
  expect(await folder.run('report --guard-name guard')).toEqual(
    failure('`--guard-name` needs `--since`; expected `--since` with an earlier report'),
  );
});

it('`report --since --html` shows the comparison, with a bar for each report if there are several earlier reports', async () => {
  await earlier(9, { 'eu-west-1': [DECLARED] });
  await earlier(16, { 'eu-west-1': [DECLARED, SSH] });

  const { stdout } = await report(23, { 'eu-west-1': [DECLARED, SSH] }, '--since 9.json 16.json --html');

  expect(stdout).toContain('>Drift since 2026-11-09 12:00 UTC (2 earlier reports): 1 rule new.</p>');
  expect(stdout).toContain('aria-label="Drifted groups: 0 on 2026-11-09, 1 on 2026-11-16, 1 on 2026-11-23"');
  expect(stdout).toContain('<td data-label="Open for">7 days to 14 days</td>');
  expect((await report(23, { 'eu-west-1': [DECLARED, SSH] }, '--since 16.json --html')).stdout).not.toContain('class="bars"');
  expect((await report(23, { 'eu-west-1': [DECLARED, SSH] }, '--html')).stdout).not.toContain('id="since"');
});

describe('times to detect and to restore, from the logs of a deployment', () => {
  const at = (time: string): number => Date.parse(`2026-11-20T${time}Z`);

  /** Returns a log event at the given time of 20 November 2026. */
  function line(loggedAt: string, kind: string, eventAt: string, name = 'AuthorizeSecurityGroupIngress', id = WEB): object {
    const group = { id, accountId: '111122223333', region: 'eu-west-1' };
    return {
      timestamp: at(loggedAt),
      message: JSON.stringify({ finding: { kind, group, event: { name, time: `2026-11-20T${eventAt}Z` } } }),
    };
  }

  async function timesOf(logs: Readonly<Record<string, readonly object[]>>): Promise<string[]> {
    await earlier(16, { 'eu-west-1': [DECLARED] });
    const FilterLogEvents = ({ logGroupName = '' }): { events: readonly object[] } => ({
      events: logs[logGroupName.replace('/aws/lambda/guard-', '')] ?? [],
    });
    const { stdout } = await report(23, { 'eu-west-1': [DECLARED] }, '--since 16.json --guard-name guard', {
      on: { answers: { FilterLogEvents: FilterLogEvents as never } },
    });
    return stdout.trimEnd().split('\n').slice(-4);
  }

  it('`report --since --guard-name` measures the time from a call to its finding, and from the first call on a group to its restoration', async () => {
    const detector = [
      line('10:00:10', 'drift', '10:00:00'),
      line('10:00:30', 'drift', '10:00:20'),
      line('12:00:40', 'drift', '12:00:00'),
      line('12:00:50', 'change', '12:00:00'),
    ];
    const remediator = [
      line('10:01:00', 'restoration', '10:00:25', 'ConfigurationItemChangeNotification'),
      line('12:05:00', 'restoration', '12:01:00', 'ConfigurationItemChangeNotification'),
      { timestamp: at('12:06:00'), message: 'START RequestId' },
    ];

    expect((await timesOf({ 'cloudtrail-detector': detector, 'config-remediator': remediator })).slice(-2)).toEqual([
      'Time to detect: median 10 s, mean 20 s, 90% within 40 s (3 findings).',
      'Time to restore: median 60 s, mean 3 minutes, 90% within 5 minutes (2 restorations).',
    ]);
  });

  it('if the detector reported no call, `report --since --guard-name` measures a restoration from the record of AWS Config, unless the restoration was scheduled', async () => {
    const remediator = [
      line('10:01:00', 'restoration', '10:00:00', 'ConfigurationItemChangeNotification'),
      line('11:00:10', 'restoration', '11:00:00', 'ScheduledNotification', DB),
    ];

    expect(await timesOf({ 'config-remediator': remediator })).toEqual([
      'Time to detect: no finding in the log.',
      'Time to restore: median 60 s, mean 60 s, 90% within 60 s (1 restoration).',
      "Measured from AWS Config's record, so the true time is longer: 1 restoration.",
      'Not measured, because no event shows when the drift began: 1 restoration.',
    ]);
  });

  it('if `report --since --guard-name` cannot read the logs of a region, it shows the reason', async () => {
    await earlier(16, { 'eu-west-1': [DECLARED] });
    const { stdout, exitCode } = await report(23, { 'eu-west-1': [DECLARED] }, '--since 16.json --guard-name guard', {
      on: { answers: { FilterLogEvents: accessDenied } },
    });

    expect(stdout).toMatch(/\nThe times do not include the logs of eu-west-1: the credentials are not allowed to call .*\.\n$/);
    expect(exitCode).toBe(0);
  });
});
