/** The command line: every command with its arguments, options and examples. */
import type { Severity } from '@portcullis/finding';
import { Argument, Command, InvalidArgumentError, Option } from 'commander';
import type { AcceptOptions } from '../adopt/accept.js';
import type { AdoptOptions } from '../adopt/adopt.js';
import type { ApplyOptions } from '../plan/apply.js';
import { checkCommand, type CheckOptions } from '../commands/check.js';
import { compileCommand, type CompileOptions } from '../commands/compile.js';
import type { DrillOptions } from '../drill/drill.js';
import type { ExplainOptions } from '../explain/explain.js';
import type { PlanOptions } from '../plan/plan.js';
import type { PreflightOptions } from '../preflight/preflight.js';
import type { ReportOptions } from '../report/report.js';
import type { SurveyOptions } from '../survey/survey-command.js';
import type { ApproveOptions } from '../commands/approve.js';
import type { UndoOptions } from '../undo/undo.js';
import { printCompletionScript, SHELLS, type Shell } from './completion.js';
import { DEFAULT_BASELINE_FILE, DEFAULT_JOURNAL_FILE, DEFAULT_SETTINGS_FILE, DEFAULT_SURVEY_JOURNAL_FILE } from './default-files.js';
import { Failure } from './failure.js';
import type { ExitCode, Io } from './io.js';

/** Converts a function that runs a command into an action of commander. The function returns a promise of the exit code. */
export type Act = <Args extends unknown[]>(command: (...args: Args) => Promise<ExitCode>) => (...args: Args) => Promise<void>;

function programHelpText(name: string): string {
  return `
Examples:
  $ ${name} survey                              # show what is open to the internet
  $ ${name} adopt --vpc vpc-0a1b2c3d            # write a baseline of the live groups
  $ ${name} check baseline.yaml
  $ ${name} plan                                # show how the live groups differ from the baseline
  $ ${name} apply                               # ask for confirmation, then restore the groups

Exit codes:
  0    success; for plan and report, no drift
  1    an error in the command line, a file or AWS
  2    drift; an exposure that survey found; a problem that preflight found; a finding or revocation
       that drill did not see in time; a planned change that the guard would revert or that breaks
       a limit
  130  interrupted`;
}

const MAX_HELP_WIDTH = 100;

/** The same list as `SEVERITIES` of `@portcullis/finding`. Importing that library would slow down the start of every command. */
const SEVERITY_NAMES: readonly Severity[] = ['critical', 'high', 'medium', 'low', 'info'];

/** A command that calls AWS is imported only when it runs, because loading the AWS SDK is slow. */
export function createCommandLine(io: Io, act: Act): Command {
  const examples = (...lines: readonly string[]): string =>
    `\nExample${lines.length === 1 ? '' : 's'}:\n${lines.map((line) => `  $ ${io.command} ${line}`).join('\n')}`;
  /** Converts a function that runs a command on a baseline file into an action. The file is an argument or the value of `-b`. */
  const onBaselineFile = <Options>(
    run: (file: string, options: Options) => Promise<ExitCode>,
  ): ((file: string | undefined, options: Options & BaselineOption) => Promise<void>) =>
    act((file, options) => run(baselineArgument(file, options) ?? DEFAULT_BASELINE_FILE, options));
  const program = new Command(io.command)
    .description('Keeps EC2 security groups exactly as their owners declared them.')
    .version(io.version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    // By default, commander does not wrap the help in a narrow terminal.
    .configureHelp({ minWidthToWrap: 20 })
    .exitOverride()
    .configureOutput({
      writeOut: (text) => {
        io.stdout.write(text);
      },
      writeErr: (text) => {
        io.stderr.write(text);
      },
      outputError: (text, write) => {
        write(restyleCommanderError(text, io.command));
      },
      getOutHelpWidth: () => Math.min(io.stdout.columns, MAX_HELP_WIDTH),
      getErrHelpWidth: () => Math.min(io.stderr.columns, MAX_HELP_WIDTH),
    })
    .addHelpText('after', programHelpText(io.command));

  addRegionsOptions(program.command('survey'))
    .summary('show what is open to the internet, who opened it, and which groups break a limit')
    .description(
      'Reads every security group. Shows what is open to the internet or to a wide address range, and what is attached to the groups. Asks CloudTrail who opened the rules. With a baseline file, also shows which groups break a limit. Needs no baseline, and changes nothing. Exits with 2 if it finds an exposure or a broken limit of severity `--fail-on` or higher.',
    )
    .argument('[file]', `the baseline file with the guarded groups and the limits (default: "${DEFAULT_BASELINE_FILE}", if it exists)`)
    .addOption(baselineFileOption())
    .option('--all', 'also show web servers and accepted exposures')
    .option('--no-who', 'do not ask CloudTrail')
    .option('--ignore <file>', 'a file of accepted exposures, each with a reason and an end date')
    .addOption(new Option('--fail-on <severity>', 'the lowest severity that makes the exit code 2').choices(SEVERITY_NAMES).default('high'))
    .option('--json', 'print the survey as JSON')
    .option('--csv', 'print the exposed rules and the rules that break a limit as CSV')
    .option('--sarif', 'print the survey as SARIF')
    .option('--ocsf', 'print the survey as OCSF for a SIEM, one JSON object on each line')
    .option('--html', 'print the survey as a self-contained page')
    .option('-o, --out <file>', 'write to this file instead of stdout')
    .option('--resume', 'continue an unfinished survey with the remaining regions')
    .option('--restart', 'discard an unfinished survey and start again')
    .option(
      '--journal <file>',
      `the file that keeps the finished regions (default: none; "${DEFAULT_SURVEY_JOURNAL_FILE}" with --organization or --aggregator)`,
    )
    .addHelpText(
      'after',
      examples(
        'survey',
        'survey --html --out survey.html',
        'survey --regions eu-west-1,us-east-1 --profiles prod,staging',
        'survey --organization --role portcullis-read --html --out survey.html',
        'survey --json | jq -r \'.exposures[] | select(.severity == "critical") | .close\'',
        'survey --fail-on critical --ignore accepted.yaml',
      ),
    )
    .action(
      act(async (file: string | undefined, options: SurveyOptions) => {
        const { survey } = await import('../survey/survey-command.js');
        const baseline = baselineArgument(file, options);
        return survey({ ...options, ...(baseline !== undefined && { baseline }) }, io);
      }),
    );

  addBaselineFileArgument(program.command('check'))
    .summary('check a baseline file')
    .description(
      'Checks a baseline file and lists everything that is wrong with it. Warns about what is valid but risky: administration ports open to the internet, expired permits, several baselines that select the same group. With `--terraform-plan`, shows which planned rule changes the guard would revert and which limits the plan would break. Exits with 2 if the guard would revert a change or the plan would break a limit.',
    )
    .option('--strict', 'exit with 1 if there are warnings')
    .option('--terraform-plan <file>', 'the output of `terraform show -json` for a plan; - is stdin')
    .option('--json', 'print as JSON what the guard would revert and which limits the plan would break')
    .addHelpText(
      'after',
      examples(
        'check',
        'check --strict baseline.yaml',
        'check baseline.yaml --terraform-plan plan.json',
        'check baseline.yaml --terraform-plan - --json < plan.json',
      ),
    )
    .action(onBaselineFile<CheckOptions>((file, options) => checkCommand(file, options, io)));

  addBaselineFileArgument(program.command('compile'))
    .summary('write a baseline file as canonical JSON')
    .description(
      'Checks a baseline file and writes it as the canonical JSON that the Lambda functions read. Baselines with the same meaning give the same bytes, regardless of their notation. Writes nothing if the file is invalid.',
    )
    .option('-o, --out <file>', 'write to this file instead of stdout')
    .addHelpText('after', examples('compile --out baseline.json', 'compile | diff baseline.json -'))
    .action(onBaselineFile<CompileOptions>((file, options) => compileCommand(file, options, io)));

  addBaselineFileArgument(addRegionsOptions(program.command('plan')))
    .summary('show how the live groups differ from the baselines and limits')
    .description(
      'For each group that drifted or breaks a limit, shows the rules to authorize (+) and to revoke (-), and the affected traffic. Lists only the groups with drift, and counts the other groups. Changes nothing. Exits with 2 if there is drift.',
    )
    .option('--json', 'print the plan as JSON')
    .option('--sarif', 'print the plan as SARIF, for the checks of a pull request')
    .option('--html', 'print the plan as a self-contained page')
    .option('-o, --out <file>', 'write to this file instead of stdout')
    .option('--group <ids...>', 'only the groups with these ids; write the baseline file before this option, or after -b')
    .option('--who', 'ask CloudTrail who opened or removed each rule (default with --html)')
    .option('--no-who', 'do not ask CloudTrail')
    .option('--allow-absent', 'do not fail if a declared group does not exist')
    .addHelpText(
      'after',
      examples(
        'plan',
        'plan baseline.yaml --region eu-west-1 --profile prod',
        'plan --who --group sg-0a1b2c3d',
        'plan --html --out drift.html',
        'plan --sarif > portcullis.sarif',
        "plan --json | jq -r '.groups[] | select(.drift) | .id'",
      ),
    )
    .action(onBaselineFile<PlanOptions>(async (file, options) => (await import('../plan/plan.js')).planCommand(file, options, io)));

  addBaselineFileArgument(addRegionOption(program.command('apply')))
    .summary('ask for confirmation, then restore the live groups to their baselines and limits')
    .description(
      'Shows the plan, asks for confirmation, and restores each group to its baseline and its limits. Changes nothing for baselines and limits in mode `report`. Authorizes rules before it revokes rules, so that declared traffic is never interrupted. Does not change a group that changed after the plan was shown. If interrupted, finishes the current group.',
    )
    .option('--group <ids...>', 'only the groups with these ids; write the baseline file before this option, or after -b')
    .option('-y, --yes', 'do not ask')
    .option('--max-revocations <number>', 'change nothing if the plan would revoke more rules than this number', wholeNumberOptionParser(0))
    .option('--json', 'print the changes as JSON, with all rules before and after the changes')
    .option('--allow-absent', 'do not fail if a declared group does not exist')
    .addHelpText(
      'after',
      examples(
        'apply',
        'apply --group sg-0a1b2c3d',
        'apply baseline.yaml --profile prod --max-revocations 10',
        'apply --yes --json > applied.json',
      ),
    )
    .action(onBaselineFile<ApplyOptions>(async (file, options) => (await import('../plan/apply.js')).applyCommand(file, options, io)));

  addRegionOption(program.command('undo'))
    .summary('ask for confirmation, then undo one restoration')
    .description(
      'Reverses a restoration: authorizes what was revoked, and revokes what was authorized. Changes nothing if the group has changed since the restoration. Reads the finding from a file with lines of a log, or with a message of EventBridge, SNS or SQS. The guard restores the group again unless you change the baseline.',
    )
    .argument('<finding>', 'the file with the finding (JSON or lines of a log); - is stdin')
    .option('--id <id>', 'the id of the finding, if the file contains several')
    .option('-y, --yes', 'do not ask')
    .addHelpText('after', examples('undo finding.json', 'undo remediator.log --id 5f0c…:sg-0a1b2c3d', 'undo - --yes < finding.json'))
    .action(act(async (file: string, options: UndoOptions) => (await import('../undo/undo.js')).undoCommand(file, options, io)));

  addRegionOption(program.command('approve'))
    .summary('ask for confirmation, then restore a group that waits for an approval')
    .description(
      'Shows what the guard would restore in a group that waits for an approval, and asks for confirmation. After the answer `yes`, the deployed function restores the group immediately. Reads the finding from the log of the deployment, or from a file with a message of EventBridge or lines of a log. Needs the permission to invoke the function.',
    )
    .option('--group <id>', 'the group to restore, whose newest finding is read from the log of the deployment')
    .option('--finding <file>', 'the file with the finding (JSON or lines of a log); - is stdin')
    .option('--id <id>', 'the id of the finding, if the file contains several')
    .option('--guard-name <name>', 'the name of the deployment, for `--group`', 'portcullis')
    .option('-y, --yes', 'do not ask')
    .option('--json', 'print the response of the function as JSON')
    .addHelpText('after', examples('approve --group sg-0a1b2c3d --region eu-west-1', 'approve --finding finding.json --yes'))
    .action(act(async (options: ApproveOptions) => (await import('../commands/approve.js')).approveRestoration(options, io)));

  addRegionOption(program.command('accept'))
    .summary('declare the state of a group in the baseline file')
    .description(
      'Changes the baseline file so that it declares the live state of a group, or the state in a finding. Undeclared rules become permits with a reason and an end date, and a comment says who opened the rules. Missing rules are no longer declared. Does not change other text of the file, and prints the change as a diff. Changes no group.',
    )
    .argument('<finding|group>', 'the id of a group, or a file with a finding (JSON or lines of a log); - is stdin')
    .option('-b, --baseline <file>', 'the baseline file, YAML or JSON', DEFAULT_BASELINE_FILE)
    .requiredOption('--reason <text>', 'why you accept the state; the baseline file records this reason')
    .option('--until <day>', 'the last day of the permits, YYYY-MM-DD')
    .option('--forever', 'declare the rules without an end date, instead of writing permits')
    .option('--id <id>', 'the id of the finding, if the file contains several')
    .option('--no-who', 'do not ask CloudTrail who opened the rules of the group')
    .option('--dry-run', 'only print the change')
    .addHelpText(
      'after',
      examples(
        "accept sg-0a1b2c3d --until 2027-01-31 --reason 'CHG-1234 migration'",
        "accept finding.json --forever --reason 'CHG-1234' --baseline infra/baseline.yaml",
        "accept sg-0a1b2c3d --until 2027-01-31 --reason 'CHG-1234' --dry-run | git apply",
      ),
    )
    .action(act(async (what: string, options: AcceptOptions) => (await import('../adopt/accept.js')).acceptGroupState(what, options, io)));

  addRegionOption(program.command('adopt'))
    .summary('write a baseline of the live groups')
    .description(
      'Writes a baseline that declares the live rules of the groups. Comments out the rules that open a group to the internet, and says who opened these rules. A plan shows the commented-out rules as drift until you accept or revoke the rules. Rules for web servers (tcp/80, tcp/443, udp/443) are declared. Comments contain the names and descriptions of the groups. Updates an existing file with `--merge`, and replaces it with `--force`.',
    )
    .option('--group <ids...>', 'the groups with these ids')
    .option('--tag <key=value...>', 'groups that have all of these tags')
    .option('--vpc <ids...>', 'groups in any of these VPCs')
    .option('--all', 'every group of the account in the region')
    .option('--no-egress', 'do not declare egress rules; the guard then ignores egress')
    .addOption(new Option('--mode <mode>', 'what the guard does about drift').choices(['enforce', 'approve', 'report']).default('report'))
    .option('--accept-exposed', 'also declare the rules that open groups to the internet')
    .option('--no-who', 'do not ask CloudTrail who opened the exposed rules')
    .option('--merge', 'update an existing file, and keep its hand-written text')
    .option(
      '--split-by <vpc|account|tag:key>',
      'write one file for each VPC, for each account and region, or for each value of a tag, into the folder --out',
    )
    .option('--from-terraform-state <file>', 'declare the rules in this file, the output of `terraform show -json`, and do not call AWS')
    .option(
      '-o, --out <file>',
      `the file to write; - prints it (default: "${DEFAULT_BASELINE_FILE}", or with --split-by the folder "baselines")`,
    )
    .option('--force', 'replace an existing file')
    .addHelpText(
      'after',
      examples(
        'adopt --group sg-0a1b2c3d sg-5e6f7a8b',
        'adopt --tag Tier=web --vpc vpc-0a1b2c3d --out web.yaml',
        'adopt --all --merge',
        'adopt --all --split-by tag:Team --out baselines',
        'adopt --from-terraform-state state.json    # from `terraform show -json > state.json`',
        'adopt --all --no-egress --out - | less',
      ),
    )
    .action(act(async (options: AdoptOptions) => (await import('../adopt/adopt.js')).adoptGroups(options, io)));

  addRegionOption(program.command('explain'))
    .summary('explain what the functions would report about an event, and why')
    .description(
      "Explains step by step what the detector would report about a CloudTrail record, or what the remediator would do about an event of AWS Config. Also explains which limits apply to the group. Reads records from EventBridge, a trail's log file or `aws cloudtrail lookup-events`. Reads the group from EC2, and changes nothing.",
    )
    .argument('<event>', 'the JSON file with the event; - is stdin')
    .option('-b, --baseline <file>', 'the baseline file, YAML or JSON', DEFAULT_BASELINE_FILE)
    .option('--offline', 'use only the event: do not call EC2')
    .option('--json', 'print the steps and the findings as JSON')
    .option('--remediator-role <arn>', "the ARN of the deployed remediator's role, to recognize the remediator's own calls")
    .option('--guard-name <name>', 'the name of the deployment, which is the prefix of its resource names', 'portcullis')
    .addHelpText(
      'after',
      examples('explain event.json', 'explain --offline --baseline infra/baseline.yaml event.json', 'explain - < event.json'),
    )
    .action(act(async (file: string, options: ExplainOptions) => (await import('../explain/explain.js')).explainEvents(file, options, io)));

  addBaselineFileArgument(addRegionsOptions(program.command('report')))
    .summary('show the state of all guarded groups across regions and profiles')
    .description(
      'Reads the guarded groups of every region with every profile, and shows which groups drifted or break a limit. Stays within the request rate of EC2. An interrupted report can be resumed. Changes nothing. Exits with 2 if there is drift.',
    )
    .option('--all-groups', 'also list the groups without drift')
    .option('--who', 'ask CloudTrail who opened or removed each rule')
    .option(
      '--since <files...>',
      'compare with these earlier reports in JSON: show which drift is new, still open or gone, and how long drift was open',
    )
    .option(
      '--guard-name <name>',
      'with --since: also show the times to detect and to restore drift, from the logs of the deployment with this name',
    )
    .option('--json', 'print the report as JSON')
    .option('--ocsf', 'print the report as OCSF for a SIEM, one JSON object on each line')
    .option('--html', 'print the report as a self-contained page')
    .option('-o, --out <file>', 'write to this file instead of stdout')
    .option('--allow-absent', 'do not fail if a declared group does not exist in any region')
    .option('--resume', 'continue an unfinished report with the remaining regions')
    .option('--restart', 'discard an unfinished report and start again')
    .option('--journal <file>', 'the file that keeps the finished regions until the report is complete', DEFAULT_JOURNAL_FILE)
    .addHelpText(
      'after',
      examples(
        'report',
        'report --regions eu-west-1,us-east-1 --profiles prod,staging',
        'report --profiles prod --html --out fleet.html',
        'report --json --out today.json --since last-week.json --guard-name portcullis',
        'report --regions eu-west-1,us-east-1 --resume',
        'report --organization --role portcullis-read --json --out report.json',
      ),
    )
    .action(onBaselineFile<ReportOptions>(async (file, options) => (await import('../report/report.js')).report(file, options, io)));

  addCredentialsOptions(program.command('preflight'))
    .summary('show what would make a deployment fail or cost money')
    .description(
      'Checks the account and each region of a settings file before a deployment. Shows what would fail, what is risky and what would cost more than necessary. Says how to fix each problem. Changes nothing. Exits with 2 if it finds a problem, and with 1 if something could not be checked.',
    )
    .argument('[file]', 'the settings file of the deployment', DEFAULT_SETTINGS_FILE)
    .option('--region <region>', 'check only this region of the settings (default: all)')
    .option(
      '--no-history',
      "do not search CloudTrail's event history for other owners of the groups; the search takes up to two minutes for each region",
    )
    .option('--json', 'print the checks as JSON')
    .addHelpText('after', examples('preflight infra/portcullis.yaml', 'preflight --profile prod --region eu-west-1 --json'))
    .action(
      act(async (file: string, options: PreflightOptions) =>
        (await import('../preflight/preflight.js')).preflightCommand(file, options, io),
      ),
    );

  addRegionOption(program.command('drill'))
    .summary('test a live deployment by changing one guarded group')
    .description(
      "Asks for confirmation, then adds a harmless rule to one guarded group. The rule lets no traffic in, because its source 192.0.2.0/24 is reserved for documentation. Measures how long it takes until the detector's finding is logged and until the rule is revoked. Always cleans up. Exits with 2 if it does not see the finding and the revocation before the timeout.",
    )
    .argument('[file]', 'the settings file of the deployment, or a baseline file', DEFAULT_SETTINGS_FILE)
    .option('--group <id>', 'the group to change: a guarded group in mode enforce, without drift')
    .addOption(
      new Option('--create-in <vpc>', 'create a group in this VPC, with the tags of a baseline that selects groups by tag').conflicts(
        'group',
      ),
    )
    .addOption(
      new Option('--baseline <name>', 'the baseline for the new group, if several baselines select groups by tag').conflicts('group'),
    )
    .option('--finding-only', 'wait only for the finding, then revoke the rule (for a group in mode report)')
    .addOption(
      new Option('--timeout <seconds>', 'the maximum time to wait; AWS Config can take minutes')
        .argParser(wholeNumberOptionParser(1))
        .default(900),
    )
    .option('-y, --yes', 'do not ask')
    .option('--json', 'print the result as JSON')
    .option('--guard-name <name>', 'the name of the deployment, if the file is a baseline file', 'portcullis')
    .addHelpText(
      'after',
      examples(
        'drill --group sg-0a1b2c3d',
        'drill infra/portcullis.yaml --region eu-west-1 --create-in vpc-0a1b2c3d',
        'drill baseline.yaml --group sg-0a1b2c3d --yes --json --timeout 300',
      ),
    )
    .action(act(async (file: string, options: DrillOptions) => (await import('../drill/drill.js')).drillDeployment(file, options, io)));

  program
    .command('completion')
    .summary('print a completion script for a shell')
    .description('Prints a script for bash, zsh or fish. The script completes commands, options and file names.')
    .addArgument(new Argument('<shell>', 'the shell').choices(SHELLS))
    .addHelpText(
      'after',
      `\nExamples:\n  $ source <(${io.command} completion bash)    # in ~/.bashrc\n  $ source <(${io.command} completion zsh)     # in ~/.zshrc, after compinit\n  $ ${io.command} completion fish | source    # in ~/.config/fish/config.fish`,
    )
    .action(act((shell: Shell) => printCompletionScript(shell, program, io)));

  return program;
}

/** Returns a function that parses a whole number of at least `min`. */
function wholeNumberOptionParser(min: number): (text: string) => number {
  return (text) => {
    if (!/^\d{1,9}$/.test(text) || Number(text) < min) throw new InvalidArgumentError(`Expected a whole number of ${min} or more.`);
    return Number(text);
  };
}

interface BaselineOption {
  readonly baseline?: string;
}

/** Adds the baseline file both as an argument and as the option `-b`. */
function addBaselineFileArgument(command: Command): Command {
  return command
    .argument('[file]', `the baseline file, YAML or JSON (default: "${DEFAULT_BASELINE_FILE}")`)
    .addOption(baselineFileOption());
}

function baselineFileOption(): Option {
  return new Option('-b, --baseline <file>', 'the baseline file').hideHelp();
}

function baselineArgument(file: string | undefined, { baseline }: BaselineOption): string | undefined {
  if (file !== undefined && baseline !== undefined)
    throw new Failure(`the baseline file is named twice, \`${file}\` and \`--baseline ${baseline}\`; expected one of them`);
  return file ?? baseline;
}

function addRegionsOptions(command: Command): Command {
  return addRegionOption(command)
    .option('--regions <regions...>', 'several regions, separated by spaces or commas')
    .option('--profiles <profiles...>', 'several AWS CLI profiles, separated by spaces or commas')
    .option('--organization', 'read every active account of the organization, in its enabled regions or in the regions of --regions')
    .option('--role <name>', 'the role to assume in each account')
    .option('--external-id <id>', 'the external id that the trust policy of the role requires')
    .option('--accounts <ids...>', 'only these accounts of the organization, separated by spaces or commas')
    .option(
      '--aggregator <name>',
      'read the groups from this aggregator of AWS Config; with --role, use EC2 to verify groups that are possibly drifted or exposed',
    )
    .addOption(new Option('--verify <what>', 'with --aggregator: read all groups from EC2').choices(['all']));
}

function addRegionOption(command: Command): Command {
  return addCredentialsOptions(
    command.option('--region <region>', 'the region (default: AWS_REGION, AWS_DEFAULT_REGION or the region of the profile)'),
  );
}

function addCredentialsOptions(command: Command): Command {
  return command
    .option('--profile <profile>', 'the AWS CLI profile to use')
    .option('--endpoint-url <url>', 'the endpoint to use instead of AWS');
}

/**
 * Rewrites a message of commander as one line in the style of Portcullis. For example, commander writes `error: unknown option '--x'` and
 * suggestions in a second line.
 */
function restyleCommanderError(text: string, name: string): string {
  return text
    .replace(/^error: /, 'portcullis: ')
    .replace(/'([^']*)'/g, '`$1`')
    .replace(/\. Expected (\d+ arguments?) but got (\d+)\.\n$/, '; expected $1 instead of $2\n')
    .replace(
      / is invalid(.*)\. Allowed choices are (.*)\.\n$/,
      (_line, argument: string, choices: string) =>
        ` is invalid${argument}; expected \`${choices.replaceAll(', ', '`, `').replace(/, (?=[^,]*$)/, ' or ')}\`\n`,
    )
    .replace(/^(portcullis: unknown command `.*`)\n$/, `$1; expected one that \`${name} --help\` lists\n`)
    .replace(
      /\n\(Did you mean (one of )?(.*)\?\)/,
      (_line, _oneOf, meant: string) => `; expected \`${meant.split(', ').join('` or `')}\`?`,
    );
}
