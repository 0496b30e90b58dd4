/** Finds the risks in a valid baseline file. */
import { formatRule } from '@portcullis/permission-diff';
import { exposedServices, formatServices, type SensitiveService } from '@portcullis/permission-diff/exposure';
import { inOrderOfText, quoted, readYaml, type DataProblem, type Path, type Fields } from '@portcullis/yaml-file';
import { mayMeetBoth, selectionsIn } from './criteria.js';
import { asText, baselinesIn, objectsIn, partAt, permissionListsIn, placedRulesIn, type Part } from './file-parts.js';
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
  const baselines = baselinesIn(data);
  const warnings = [
    ...baselines.flatMap(exposures),
    ...baselines.flatMap((baseline) => expiredPermits(baseline, today)),
    ...overlaps(baselines),
  ];
  return inOrderOfText(warnings.map((warning) => locate(warning)));
}

/** Warns of exposed services. If only several sources together expose a service, the warning is about the baseline. */
function exposures(baseline: Part<Fields>): Warning[] {
  const rules = permissionListsIn(baseline).flatMap(placedRulesIn);
  const alone = rules.flatMap((rule) => {
    const services = exposedServices([rule]);
    return services.length === 0 ? [] : [{ rule, services }];
  });
  const reported = new Set(alone.flatMap(({ services }) => services));
  const together = exposedServices(rules).filter((service) => !reported.has(service));
  const warnings = alone.map(({ rule, services }) => exposure(rule.path, `${quoted(formatRule(rule))} lets`, services));
  if (together.length === 0) return warnings;
  return [...warnings, { ...exposure([...baseline.path, 'ingress'], 'the permissions together let', together), at: 'key' }];
}

/** @param subject the subject and verb of the message. */
function exposure(path: Path, subject: string, services: readonly SensitiveService[]): Warning {
  return {
    code: 'exposed-service',
    path,
    message: `${subject} the world reach ${formatServices(services)}`,
    expected: 'the addresses or the security groups of those who need it',
  };
}

function expiredPermits(baseline: Part<Fields>, today: string): Warning[] {
  return objectsIn(partAt(baseline, 'permit'))
    .flatMap((permit) => asText(partAt(permit, 'until')))
    .filter(({ value }) => value < today)
    .map(({ path, value }) => ({
      code: 'expired-permit',
      path,
      message: `the permit ended on ${value}: what it permitted is now drift, and is revoked`,
      expected: 'a day in the future, or no such permit',
    }));
}

/**
 * Returns one warning for each baseline that may share a group with an earlier baseline. If one baseline certainly selects all groups of
 * the other, the file is invalid, so there is no warning.
 */
function overlaps(baselines: readonly Part<Fields>[]): Warning[] {
  const all = selectionsIn(baselines);
  return all.flatMap(({ path, criteria }, i): Warning[] => {
    const other = all.slice(0, i).find((each) => mayMeetBoth(each.criteria, criteria));
    if (other === undefined) return [];
    const message = `a group may meet these criteria and those of ${quoted(other.name)}: it would be left alone, and reported`;
    const expected = 'criteria that no group can meet together, such as two values of one tag, or `ids`, which beat criteria';
    return [{ code: 'overlapping-selection', path, message, expected, first: other.path }];
  });
}
