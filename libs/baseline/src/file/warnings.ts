/** What is valid in a baseline file but risky. */
import { formatRule, type Rule } from '@portcullis/permission-diff';
import { exposedServices, formatServices, type SensitiveService } from '@portcullis/permission-diff/exposure';
import { criteriaIn, mayMeet, type Criteria } from './criteria.js';
import { asObject, asText, baselinesIn, objectsIn, partAt, permissionListsIn, type Fields, type Part } from './file-parts.js';
import type { Path } from './path.js';
import { placedRulesIn } from './placed-rules.js';
import type { DataProblem, FileWarning, FileWarningCode } from './problem.js';
import { quoted } from './quoted.js';
import { inOrderOfText } from './telling-problems.js';
import { readYaml } from './yaml-source.js';

type Warning = DataProblem<FileWarningCode>;

/**
 * Returns what the owner of a valid baseline file should look at, in the order of its text; nothing of a text that is not YAML.
 *
 * @param today the day it is, UTC, as `YYYY-MM-DD`.
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

/** What no single source opens, several may together: then it is told of the baseline. */
function exposures(baseline: Part<Fields>): Warning[] {
  const rules = permissionListsIn(baseline).flatMap(placedRulesIn);
  const alone = rules.flatMap((rule) => {
    const services = exposedServices([rule]);
    return services.length === 0 ? [] : [{ rule, services }];
  });
  const told = new Set(alone.flatMap(({ services }) => services));
  const together = exposedServices(rules).filter((service) => !told.has(service));
  return [
    ...alone.map(({ rule, services }) => exposure(rule.path, quoted(formatRule(asRule(rule))), services)),
    ...(together.length === 0
      ? []
      : [
          {
            ...exposure([...baseline.path, 'ingress'], 'the permissions together', together),
            at: 'key' as const,
          },
        ]),
  ];
}

function asRule({ direction, traffic, source }: Rule): Rule {
  return { direction, traffic, source };
}

function exposure(path: Path, what: string, services: readonly SensitiveService[]): Warning {
  return {
    code: 'exposed-service',
    path,
    message: `${what} ${what.endsWith('together') ? 'let' : 'lets'} the world reach ${formatServices(services)}`,
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
      message: `the permit ended on ${value}: what it permitted is drift now, and is revoked`,
      expected: 'a day to come, or no such permit any more',
    }));
}

/** The first baseline before each with which it may share a group. That one holds all groups of the other is a problem, and told as such. */
function overlaps(baselines: readonly Part<Fields>[]): Warning[] {
  const all = baselines.flatMap((baseline): { name: string; path: Path; criteria: Criteria }[] =>
    asObject(partAt(baseline, 'groups')).flatMap((groups) => {
      const criteria = criteriaIn(groups);
      const name = asText(partAt(baseline, 'name'))[0]?.value ?? 'another baseline';
      return criteria === undefined ? [] : [{ name, path: groups.path, criteria }];
    }),
  );
  return all.flatMap(({ path, criteria }, i): Warning[] => {
    const other = all.slice(0, i).find((each) => mayMeet(each.criteria, criteria));
    if (other === undefined) return [];
    return [
      {
        code: 'overlapping-selection',
        path,
        message: `a group may meet these criteria and those of ${quoted(other.name)}: it would be left alone, and reported`,
        expected: 'criteria that no group can meet together, such as two values of one tag, or `ids`, which beat criteria',
        first: other.path,
      },
    ];
  });
}
