/**
 * `portcullis completion bash|zsh|fish`: prints a completion script. The script is generated from the commands and their options. The
 * script does not start this program, because each press of the Tab key would then take a fifth of a second.
 */
import type { Command, Option } from 'commander';
import type { ExitCode, Io } from './io.js';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

const SCRIPTS: Readonly<Record<Shell, (program: Command) => string>> = {
  bash: bashCompletionScript,
  zsh: zshCompletionScript,
  fish: fishCompletionScript,
};

export function printCompletionScript(shell: Shell, program: Command, io: Io): Promise<ExitCode> {
  io.stdout.write(SCRIPTS[shell](program));
  return Promise.resolve(0);
}

function bashCompletionScript(program: Command): string {
  const commands = program.commands.map((command) => command.name());
  const cases = program.commands.map((command) => {
    const values = visibleCommandOptions(command)
      .filter((option) => optionTakesValue(option) && !optionTakesFile(option))
      .map((option) => `        ${optionFlags(option).join('|')}) words='${(option.argChoices ?? []).join(' ')}' files='' ;;`);
    const choices = command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? []);
    return [
      `    ${command.name()})`,
      `      words='${[...visibleCommandOptions(command).flatMap(optionFlags), '--help', ...choices].join(' ')}'`,
      ...(values.length === 0 ? [] : ['      case "$previous" in', ...values, '      esac']),
      '      ;;',
    ].join('\n');
  });
  return `# Completes portcullis in bash. In ~/.bashrc: source <(portcullis completion bash)
_portcullis() {
  local word previous command='' words='' files=yes i
  word="\${COMP_WORDS[COMP_CWORD]}"
  previous="\${COMP_WORDS[COMP_CWORD-1]}"
  for ((i = 1; i < COMP_CWORD; i++)); do
    case " ${commands.join(' ')} " in *" \${COMP_WORDS[i]} "*) command="\${COMP_WORDS[i]}"; break ;; esac
  done
  case "$command" in
    '') words='${[...commands, ...program.options.flatMap(optionFlags), '--help'].join(' ')}' ;;
${cases.join('\n')}
  esac
  COMPREPLY=()
  case "$word" in
    -*) ;;
    *) if [ -n "$command" ] && [ -n "$files" ]; then while IFS= read -r i; do COMPREPLY+=("$i"); done < <(compgen -f -- "$word"); fi ;;
  esac
  while IFS= read -r i; do COMPREPLY+=("$i"); done < <(compgen -W "$words" -- "$word")
}
complete -o filenames -F _portcullis portcullis
`;
}

function zshCompletionScript(program: Command): string {
  const commands = program.commands.map((command) => `    ${quoteForShell(`${command.name()}:${command.summary()}`)}`);
  const cases = program.commands.map((command) => {
    const lines = [
      ...visibleCommandOptions(command).map(zshCompletionOption),
      ...command.registeredArguments.map(({ argChoices, description }, i) =>
        quoteForShell(
          `${i + 1}:${escapeForZshArguments(description)}:${argChoices === undefined ? '_files' : `(${argChoices.join(' ')})`}`,
        ),
      ),
    ];
    return `    ${command.name()}) _arguments ${[`'(-h --help)'{-h,--help}'[print this help]'`, ...lines].join(' \\\n        ')} ;;`;
  });
  return `#compdef portcullis
# Completes portcullis in zsh. In ~/.zshrc, after compinit: source <(portcullis completion zsh)
_portcullis() {
  local -a commands
  commands=(
${commands.join('\n')}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  local command="$words[2]"
  shift words
  (( CURRENT-- ))
  case "$command" in
${cases.join('\n')}
  esac
}
compdef _portcullis portcullis
`;
}

function fishCompletionScript(program: Command): string {
  const complete = (condition: string, rest: string): string => `complete -c portcullis -n ${quoteForFish(condition)} ${rest}`;
  const lines = program.commands.flatMap((command) => {
    const inCommand = `__fish_seen_subcommand_from ${command.name()}`;
    const choices = command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? []);
    return [
      complete('__fish_use_subcommand', `-f -a ${command.name()} -d ${quoteForFish(command.summary())}`),
      ...visibleCommandOptions(command).map((option) => complete(inCommand, fishCompletionOption(option))),
      ...(choices.length === 0 ? [] : [complete(inCommand, `-f -a ${quoteForFish(choices.join(' '))}`)]),
    ];
  });
  return `# Completes portcullis in fish. In ~/.config/fish/config.fish: portcullis completion fish | source
complete -c portcullis -s h -l help -d 'print this help'
${lines.join('\n')}
`;
}

function fishCompletionOption(option: Option): string {
  const flags = optionFlags(option).map((flag) => (flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`));
  const value = optionTakesFile(option) ? ['-r', '-F'] : optionTakesValue(option) ? ['-x'] : [];
  const choices = option.argChoices === undefined ? [] : [`-a ${quoteForFish(option.argChoices.join(' '))}`];
  return [...flags, ...value, ...choices, `-d ${quoteForFish(option.description)}`].join(' ');
}

/** Quotes the text as one word of fish. Within quotation marks, fish reads `\'` as a quotation mark. */
function quoteForFish(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`;
}

function visibleCommandOptions({ options }: Command): Option[] {
  return options.filter(({ hidden }) => !hidden);
}

function optionFlags({ short, long }: Option): string[] {
  return [short, long].filter((flag) => flag !== undefined);
}

function optionTakesValue({ required, optional }: Option): boolean {
  return required || optional;
}

function optionTakesFile({ flags }: Option): boolean {
  return /<files?(\.\.\.)?>/.test(flags);
}

function zshCompletionOption(option: Option): string {
  const flags = optionFlags(option);
  const values = optionTakesFile(option) ? '_files' : option.argChoices === undefined ? ' ' : `(${option.argChoices.join(' ')})`;
  const value = optionTakesValue(option) ? `:${escapeForZshArguments(option.name())}:${values}` : '';
  const text = `[${escapeForZshArguments(option.description)}]${value}`;
  const many = option.variadic ? '*' : `(${flags.join(' ')})`;
  return flags.length === 1
    ? quoteForShell(`${many}${flags[0] ?? ''}${text}`)
    : `${quoteForShell(many)}{${flags.join(',')}}${quoteForShell(text)}`;
}

/** Escapes the characters that zsh's `_arguments` would interpret. */
function escapeForZshArguments(text: string): string {
  return text.replace(/[[\]:]/g, (sign) => `\\${sign}`);
}

/** Quotes the text as one word of a shell. */
function quoteForShell(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
