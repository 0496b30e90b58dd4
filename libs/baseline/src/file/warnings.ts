/** Finds the risks in a valid baseline file. */
import { formatRule } from '@portcullis/permission-diff';
import { exposedServices, formatServices, type SensitiveService } from '@portcullis/permission-diff/exposure';
import { sortFileProblems, quoted, readYaml, type DataProblem, type Path, type Fields } from '@portcullis/yaml-file';
import { criteriaMayOverlap, readBaselineSelections } from './criteria.js';
import { formatAllowedSources, findRulesBeyondLimits, formatForbiddenTraffic } from './limit-clashes.js';
import {
  asObjectPart,
  asTextPart,
  baselineParts,
  limitParts,
  objectEntryParts,
  filePartAt,
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
    ...baselines.flatMap((baseline) => expiredPermitWarnings(baseline, today, 'is now drift, and is revoked')),
    ...limitParts(data).flatMap((limit) => expiredPermitWarnings(limit, today, 'now breaks the limit')),
    ...overlappingSelectionWarnings(baselines),
    ...beyondLimitWarnings(data, today),
    ...limitParts(data).flatMap(revokesEverywhereWarnings),
  ];
  return sortFileProblems(warnings.map((warning) => locate(warning)));
}

/** Warns of exposed services. If only several sources together expose a service, the warning is about the baseline. */
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
  return [...warnings, { ...exposedServiceWarning([...baseline.path, 'ingress'], 'the permissions together let', together), at: 'key' }];
}

/** @param subject the subject and verb of the message. */
function exposedServiceWarning(path: Path, subject: string, services: readonly SensitiveService[]): Warning {
  return {
    code: 'exposed-service',
    path,
    message: `${subject} the world reach ${formatServices(services)}`,
    expected: 'the addresses or the security groups of those who need it',
  };
}

/** @param consequence what happens to the permitted rules, as the end of the message. */
function expiredPermitWarnings(holder: Part<Fields>, today: string, consequence: string): Warning[] {
  return objectEntryParts(filePartAt(holder, 'permit'))
    .flatMap((permit) => asTextPart(filePartAt(permit, 'until')))
    .filter(({ value }) => value < today)
    .map(({ path, value }) => ({
      code: 'expired-permit',
      path,
      message: `the permit ended on ${value}: what it permitted ${consequence}`,
      expected: 'a day in the future, or no such permit',
    }));
}

/**
 * Returns one warning for each baseline that may share a group with an earlier baseline. If one baseline certainly selects all groups of
 * the other, the file is invalid, so there is no warning.
 */
function overlappingSelectionWarnings(baselines: readonly Part<Fields>[]): Warning[] {
  const all = readBaselineSelections(baselines);
  return all.flatMap(({ path, criteria }, i): Warning[] => {
    const other = all.slice(0, i).find((each) => criteriaMayOverlap(each.criteria, criteria));
    if (other === undefined) return [];
    const message = `a group may meet these criteria and those of ${quoted(other.name)}: it would be left alone, and reported`;
    const expected = 'criteria that no group can meet together, such as two values of one tag, or `ids`, which beat criteria';
    return [{ code: 'overlapping-selection', path, message, expected, first: other.path }];
  });
}

/** Warns of rules that a limit may forbid. In a valid file, a rule that a limit certainly forbids had a permit that ended. */
function beyondLimitWarnings(data: unknown, today: string): Warning[] {
  return findRulesBeyondLimits(data, today).map(({ rule, limit, bounds, permitted, isCertain }) => {
    const words = formatForbiddenTraffic(rule, bounds, permitted);
    return {
      code: 'may-be-beyond-limit',
      path: rule.path,
      message: `the limit ${quoted(limit)} ${isCertain ? `forbids ${words}, since a permit ended` : `may forbid ${words}`}`,
      expected: `${formatAllowedSources(rule, bounds)}, or an \`except\` or a \`permit\` in the limit`,
    };
  });
}

function revokesEverywhereWarnings(limit: Part<Fields>): Warning[] {
  const [all] = asObjectPart(filePartAt(limit, 'groups')).map((groups) => filePartAt(groups, 'all'));
  const isRevoking = filePartAt(limit, 'mode').value === 'enforce' && filePartAt(limit, 'repair').value !== 'narrow';
  if (all?.value !== true || !isRevoking) return [];
  return [
    {
      code: 'revokes-everywhere',
      path: all.path,
      message: 'in all groups of the account, each rule that goes beyond this limit is revoked whole, with the part that the limit allows',
      expected: '`mode: report` until `portcullis plan` shows what would be revoked, or `repair: narrow`, which keeps the allowed part',
    },
  ];
}
