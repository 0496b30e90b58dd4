/** Notes that say which groups a limit lets the remediator change, and which groups AWS Config evaluates because of a limit. */
import { hasGroupCriteria, type CompiledBaseline, type GroupCriteria, type GroupSelection, type Limit } from '@portcullis/baseline';
import { applySettingsMode, settingsSchedule, type Settings } from '@portcullis/settings';
import { iamActionsOfLimit } from '../policies/statements.js';

const EVERY_GROUP = 'every security group of the account and region';

const OFTEN: Readonly<Record<NonNullable<Settings['schedule']>, string>> = {
  One_Hour: 'every hour',
  Three_Hours: 'every 3 hours',
  Six_Hours: 'every 6 hours',
  Twelve_Hours: 'every 12 hours',
  TwentyFour_Hours: 'once a day',
};

/** Returns the notes, one line each. Limits that allow the same changes share one line. */
export function synthLimitNotes(file: string, compiled: CompiledBaseline, settings: Settings): readonly string[] {
  const baseline = applySettingsMode(compiled, settings);
  const { limits = [] } = baseline;
  const enforced = limits.filter((limit) => limit.mode === 'enforce' && iamActionsOfLimit(limit).length > 0);
  const reporting = limits.filter(({ mode }) => mode === 'report');
  const alike = new Map<string, Limit[]>();
  for (const limit of enforced) alike.set(limitRightsInSynthNote(limit), [...(alike.get(limitRightsInSynthNote(limit)) ?? []), limit]);
  return [
    ...[...alike].map(([rights, some]) => `${synthNoteSubject(some, 'lets')} the remediator ${rights}`),
    ...(enforced.length === 0 ? [] : [synthIamNote(enforced)]),
    ...(reporting.length === 0
      ? []
      : [`${synthNoteSubject(reporting, 'gives')} the remediator no permission, because of \`mode: report\``]),
    ...synthConfigRuleNotes(baseline, settings),
  ].map((note) => `${file}: ${note}`);
}

/** Returns the limits' names and a verb, for example `the limits a and b let`. The argument `verb` is in the singular (`lets`). */
function synthNoteSubject(limits: readonly Limit[], verb: string): string {
  const names = listInSynthNote(limits.map(({ name }) => `\`${name}\``));
  return limits.length === 1 ? `the limit ${names} ${verb}` : `the limits ${names} ${verb.slice(0, -1)}`;
}

/** Returns which changes the limit lets the remediator make, and for which groups outside the limit IAM allows the same changes. */
function limitRightsInSynthNote({ groups, repair, ingress, egress = [] }: Limit): string {
  const directions = listInSynthNote([...(ingress.length > 0 ? ['ingress'] : []), ...(egress.length > 0 ? ['egress'] : [])]);
  const verbs = repair === 'revoke' ? 'revoke' : 'authorize, modify and revoke';
  const { all = false, except, names, ...rest } = groups;
  const selected = all ? EVERY_GROUP : selectedGroupsInSynthNote(groups);
  const exceptions = except === undefined ? '' : `, except ${selectedGroupsInSynthNote(except)}`;
  const further = [
    ...(all || names === undefined ? [] : [groupCriteriaInSynthNote(rest)]),
    ...(except?.names === undefined ? [] : [groupCriteriaInSynthNote(except)]),
  ];
  const unchecked = further.length === 0 ? '' : `; IAM cannot check names, so the role can also change ${listInSynthNote(further)}`;
  return `${verbs} ${directions} rules of ${selected}${exceptions}${unchecked}`;
}

/** IAM has no condition key for a port, an address or a direction. Source: the page in the docstring of `restoreGroupsStatement`. */
function synthIamNote(enforced: readonly Limit[]): string {
  const [what, verbs] = enforced.some(({ repair }) => repair === 'narrow')
    ? ['ports, addresses and the direction of a modified rule', 'authorize, modify and revoke']
    : ['ports and addresses', 'revoke'];
  return `IAM cannot check ${what}, so the remediator's role can ${verbs} any rule of these groups; only the function's code enforces the limits`;
}

function synthConfigRuleNotes(baseline: CompiledBaseline, settings: Settings): readonly string[] {
  const { limits = [] } = baseline;
  const wide = limits.filter(({ groups }) => groups.all === true || hasGroupCriteria(groups));
  if (wide.length === 0) return [];
  const schedule = settingsSchedule(baseline, settings);
  const when = [
    'when the group changes',
    'when a deployment creates or updates the rule',
    ...(schedule === undefined ? [] : [OFTEN[schedule]]),
  ];
  const where =
    settings.organization === undefined ? EVERY_GROUP : `${EVERY_GROUP}, in each account of the organization that is not excluded,`;
  return [
    `${synthNoteSubject(wide, 'covers')} groups that are not listed by id, so the AWS Config rule evaluates ${where} ${listInSynthNote(when)}. An evaluation costs $0.001 in us-east-1, and less after the first 100,000 of a month (https://aws.amazon.com/config/pricing/)`,
  ];
}

function selectedGroupsInSynthNote({ ids, ...criteria }: GroupSelection): string {
  return [
    ...(ids.length > 0 ? [listInSynthNote(ids)] : []),
    ...(hasGroupCriteria(criteria) ? [groupCriteriaInSynthNote(criteria)] : []),
  ].join(' and ');
}

function groupCriteriaInSynthNote({ tags, names, vpcs }: GroupCriteria): string {
  const all = [
    ...(tags === undefined
      ? []
      : [
          `with the tag${Object.keys(tags).length === 1 ? '' : 's'} ${listInSynthNote(Object.entries(tags).map(([key, value]) => `\`${key}: ${value}\``))}`,
        ]),
    ...(vpcs === undefined ? [] : [`in ${listInSynthNote(vpcs)}`]),
    ...(names === undefined ? [] : [`named ${listInSynthNote(names.map((name) => `\`${name}\``))}`]),
  ];
  return all.length === 0 ? EVERY_GROUP : `groups ${all.join(' ')}`;
}

const MAX_LISTED = 5;

/** Returns `a`, `a and b`, or `a, b and c`. If there are more than five texts, returns five and the number of omitted texts. */
function listInSynthNote(texts: readonly string[]): string {
  const named = texts.length > MAX_LISTED ? [...texts.slice(0, MAX_LISTED), `${texts.length - MAX_LISTED} more`] : texts;
  return [named.slice(0, -1).join(', '), ...named.slice(-1)].filter((part) => part !== '').join(' and ');
}
