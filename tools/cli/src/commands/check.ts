/**
 * `portcullis check FILE`: reports what is invalid or risky in a baseline file, and which changes of a Terraform plan the guard would
 * revert.
 */
import { permitEnds, type CompiledBaseline } from '@portcullis/baseline';
import { baselineWarnings } from '@portcullis/baseline/file';
import { fileProblemsText } from '../files/file-problems-text.js';
import { jsonIn, memberOf } from '../files/json.js';
import { loadBaseline, warnOfExposures } from '../files/load-baseline.js';
import { readFileOrStdin } from '../files/read-text-file.js';
import { Failure, refuseProblems } from '../command-line/failure.js';
import { today, type ExitCode, type Io } from '../command-line/io.js';
import { baselineSize, counted } from '../render/counted.js';
import { brokenBy, revertedBy, verdictJson, verdictText } from '../terraform/terraform-plan.js';
import { jsonText } from '../command-line/printable.js';
import { judgePlan } from '../terraform/plan-verdict.js';

export interface CheckOptions {
  /** Whether warnings count as errors. @default false */
  readonly strict?: boolean;
  /** The file with the output of `terraform show -json` for a plan; `-` is stdin. */
  readonly terraformPlan?: string;
  /** Prints what the guard would revert as JSON. */
  readonly json?: boolean;
}

/** The plan of a large workspace can have tens of megabytes. */
const MAX_PLAN_BYTES = 256 * 1024 * 1024;

/** @throws {Failure} */
export async function check(fileName: string, options: CheckOptions, io: Io): Promise<ExitCode> {
  const { strict = false, terraformPlan, json = false } = options;
  refuseProblems([json && terraformPlan === undefined && '`--json` needs `--terraform-plan`']);
  const loaded = await loadBaseline(fileName, io);
  const { text, compiled } = loaded;
  const warnings = baselineWarnings(text, today(io));
  if (warnings.length > 0) io.stderr.write(fileProblemsText({ fileName, text, problems: warnings, noun: 'warning' }, io.stderr.colours));
  warnOfExposures(loaded, io);
  const nextEnd = permitEnds(compiled).find((day) => day >= today(io));
  if (nextEnd !== undefined) {
    const note = `the next permit ends on ${nextEnd}; unless the settings have a \`schedule\`, a deployment evaluates every group once a day to revoke what it permitted`;
    io.stderr.write(`${fileName}: note: ${note}\n`);
  }
  const warned = warnings.length === 0 ? '' : `, ${counted(warnings.length, 'warning')}`;
  if (!json) io.stdout.write(`${fileName}: ${baselineSize(compiled)}: valid${warned}\n`);
  const code = terraformPlan === undefined ? 0 : await checkPlan(terraformPlan, compiled, json, io);
  return strict && warnings.length > 0 ? 1 : code;
}

async function checkPlan(planName: string, compiled: CompiledBaseline, json: boolean, io: Io): Promise<ExitCode> {
  const plan = jsonIn(await readFileOrStdin(planName, MAX_PLAN_BYTES, io));
  // A state has neither of these members.
  if (!Array.isArray(memberOf(plan, 'resource_changes')) && memberOf(plan, 'planned_values') === undefined)
    throw new Failure(
      `\`${planName}\` is not a Terraform plan; expected the output of \`terraform show -json PLAN\` after \`terraform plan -out PLAN\``,
    );
  // A failed `terraform plan -out` writes an incomplete plan.
  if (memberOf(plan, 'errored') === true)
    throw new Failure(`\`${planName}\` is incomplete, because \`terraform plan\` failed; expected a plan without errors`);
  const verdict = judgePlan(plan, compiled, today(io));
  io.stdout.write(json ? jsonText(verdictJson(verdict)) : verdictText(verdict, planName, io.stdout));
  return revertedBy(verdict).length + brokenBy(verdict).length > 0 ? 2 : 0;
}
