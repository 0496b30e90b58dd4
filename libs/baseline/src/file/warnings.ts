/** Finds the risks in a valid baseline file. */
import { formatRule } from '@portcullis/permission-diff';
import { exposedServices, formatServices, type SensitiveService } from '@portcullis/permission-diff/exposure';
import { sortFileProblems, quoted, readYaml, type DataProblem, type Path, type Fields } from '@portcullis/yaml-file';
import { criteriaMayOverlap, readBaselineFileSelections } from './criteria.js';
import { expectedBaselineSources, findBaselineRulesBeyondLimits, describeForbiddenBaselineRule } from './limit-clashes.js';
import {
  asBaselineObject,
  asBaselineText,
  baselineParts,
  limitParts,
  baselineObjectEntries,
  baselinePartAt,
  baselinePermissionLists,
  readPlacedRules,
  type Part,
} from './file-parts.js';
import type { FileWarning, FileWarningCode } from './problem.js';

type Warning = DataProblem<FileWarningCode>;

/**
 * Returns the risks in a valid baseline file, in text order. Returns an empty list if the text is not YAML.
 *
 * @param today today's date in UTC, as `YYYY-MM-DD`.
 */
export function baselineWarnings(text: string, today: string): readonly FileWarning[] {
  const source = readYaml(text);
  if (!source.ok) return [];
  const { data, locate } = source.value;
  const baselines = baselineParts(data);
  const warnings = [
    ...baselines.flatMap(exposedServiceWarnings),
    ...baselines.flatMap((baseline) => expiredPermitWarnings(baseline, today, 'are now drift')),
    ...limitParts(data).flatMap((limit) => expiredPermitWarnings(limit, today, 'now break the limit')),
    ...overlappingSelectionWarnings(baselines),
    ...baselineBeyondLimitWarnings(data, today),
    ...limitParts(data).flatMap(revokesEverywhereWarnings),
  ];
  return sortFileProblems(warnings.map((warning) => locate(warning)));
}

/** Warns of each source that exposes a service. If only several sources together expose a service, warns of `ingress` as a whole. */
function exposedServiceWarnings(baseline: Part<Fields>): Warning[] {
  const rules = baselinePermissionLists(baseline).flatMap(readPlacedRules);
  const alone = rules.flatMap((rule) => {
    const services = exposedServices([rule]);
    return services.length === 0 ? [] : [{ rule, services }];
  });
  const reported = new Set(alone.flatMap(({ services }) => services));
  const together = exposedServices(rules).filter((service) => !reported.has(service));
  const warnings = alone.map(({ rule, services }) => exposedServiceWarning(rule.path, `${quoted(formatRule(rule))} lets`, services));
  if (together.length === 0) return warnings;
  return [
    ...warnings,
    { ...exposedServiceWarning([...baseline.path, 'ingress'], 'the permissions of the baseline together let', together), at: 'key' },
  ];
}

/** @param subject the beginning of the message, such as `` `tcp/22 from 0.0.0.0/0` lets``. */
function exposedServiceWarning(path: Path, subject: string, services: readonly SensitiveService[]): Warning {
  return {
    code: 'exposed-service',
    path,
    message: `${subject} the world reach ${formatServices(services)}`,
    expected: 'only the addresses or security groups that need the service',
  };
}

/** @param consequence the end of the message, such as `now break the limit`. */
function expiredPermitWarnings(holder: Part<Fields>, today: string, consequence: string): Warning[] {
  return baselineObjectEntries(baselinePartAt(holder, 'permit'))
    .flatMap((permit) => asBaselineText(baselinePartAt(permit, 'until')))
    .filter(({ value }) => value < today)
    .map(({ path, value }) => ({
      code: 'expired-permit',
      path,
      message: `the permit ended on ${value}: its rules ${consequence}`,
      expected: 'a later day in `until`, or no permit',
    }));
}

/**
 * Returns one warning for each baseline that can select the same group as an earlier baseline. In a valid file, neither of the two
 * baselines selects all groups of the other.
 */
function overlappingSelectionWarnings(baselines: readonly Part<Fields>[]): Warning[] {
  const all = readBaselineFileSelections(baselines);
  return all.flatMap(({ path, criteria }, i): Warning[] => {
    const other = all.slice(0, i).find((each) => criteriaMayOverlap(each.criteria, criteria));
    if (other === undefined) return [];
    const message = `a group can meet these criteria and also the criteria of ${quoted(other.name)}: Portcullis would report such a group, but would not restore it`;
    const expected =
      'criteria that select no group of the other baseline, such as a different value of one tag, or `ids`, which take precedence over criteria';
    return [{ code: 'overlapping-selection', path, message, expected, first: other.path }];
  });
}

/**
 * Returns a warning for each rule that a limit possibly or certainly forbids. If a limit certainly forbids a rule of a valid file, the
 * limit's permit for that rule has expired.
 */
function baselineBeyondLimitWarnings(data: unknown, today: string): Warning[] {
  return findBaselineRulesBeyondLimits(data, today).map(({ rule, limit, bounds, permitted, isCertain }) => {
    const words = describeForbiddenBaselineRule(rule, bounds, permitted);
    return {
      code: 'may-be-beyond-limit',
      path: rule.path,
      message: `the limit ${quoted(limit)} ${isCertain ? `forbids ${words}, because a permit ended` : `possibly forbids ${words}`}`,
      expected: `${expectedBaselineSources(rule, bounds)}, or an \`except\` or a \`permit\` in the limit`,
    };
  });
}

function revokesEverywhereWarnings(limit: Part<Fields>): Warning[] {
  const [all] = asBaselineObject(baselinePartAt(limit, 'groups')).map((groups) => baselinePartAt(groups, 'all'));
  const isRevoking = baselinePartAt(limit, 'mode').value === 'enforce' && baselinePartAt(limit, 'repair').value !== 'narrow';
  if (all?.value !== true || !isRevoking) return [];
  return [
    {
      code: 'revokes-everywhere',
      path: all.path,
      message:
        'in all groups of the account, Portcullis revokes every rule that allows forbidden traffic, including the allowed traffic of that rule',
      expected:
        '`mode: report` until `portcullis plan` shows only rules that you want to revoke, or `repair: narrow`, which keeps the allowed traffic',
    },
  ];
}
