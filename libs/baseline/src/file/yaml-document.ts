/** Parses YAML within bounds that hold for any text: how deep it nests, and so how much of the call stack it takes to compose it. */
import { Composer, Lexer, Parser, type CST, type Node, type YAMLError } from 'yaml';
import type { FileProblem } from './problem.js';
import { onOneLine, shortened } from './quoted.js';
import type { SourceText } from './source-text.js';

/** How deep lists and objects may nest. A baseline is nine deep. */
const MAX_DEPTH = 64;

/** Beyond so many, what is not YAML is only counted: one slip can make nonsense of everything after it. */
const MAX_SYNTAX_PROBLEMS = 100;

export interface YamlDocument {
  /** `null` for a text that holds nothing, or comments only. */
  readonly root: Node | null;
  readonly problems: readonly FileProblem[];
}

/** Returns the one document of the text, and everything in it that is not YAML. Never throws. */
export function parseYaml(source: SourceText): YamlDocument {
  const tooDeep: FileProblem[] = [];
  const tokens = tokensOf(source, (offset) => {
    const span = [offset, offset + 1] as const;
    tooDeep.push(source.problem(span, 'too-deep', 'this is nested too deeply', `at most ${MAX_DEPTH} levels`));
  });
  const composer = new Composer({
    // Whatever a `%YAML` directive says: `no` and dates are text.
    schema: 'core',
    resolveKnownTags: false,
    stringKeys: true,
    // The package would compare each key with all before it; `readTree` does better.
    uniqueKeys: false,
  });
  const [document, another] = atMostTwo(composer.compose(tokens, true, source.text.length));
  if (tooDeep.length > 0) return { root: null, problems: tooDeep };
  if (document === undefined) throw new Error('a YAML text was composed into no document, not even an empty one');
  const problems = syntaxProblems([...document.errors, ...document.warnings], source);
  if (another !== undefined) {
    const [start, end] = another.range;
    problems.push(source.problem([start, end], 'syntax', 'another document begins here', 'one document in a file'));
  }
  return { root: document.contents, problems };
}

/** Returns the tokens up to where they nest too deeply, which `tooDeep` is told. */
function* tokensOf(source: SourceText, tooDeep: (offset: number) => void): Generator<CST.Token> {
  const parser = new Parser();
  for (const lexeme of new Lexer().lex(source.text)) {
    yield* parser.next(lexeme);
    // Beside lists and objects the stack holds the document, and the scalar that is being read.
    if (parser.stack.length > MAX_DEPTH + 2) {
      tooDeep(parser.offset);
      return;
    }
  }
  yield* parser.end();
}

function atMostTwo<T>(items: Iterable<T>): T[] {
  const taken: T[] = [];
  for (const item of items) {
    taken.push(item);
    if (taken.length === 2) break;
  }
  return taken;
}

const YAML_OR_JSON = 'YAML 1.2 or JSON';

/** What would be right, where the package only says what is wrong. */
const EXPECTED_BY_CODE: Partial<Record<YAMLError['code'], string>> = {
  BAD_SCALAR_START: 'quotes around text that begins with this character',
  BLOCK_AS_IMPLICIT_KEY: 'one `key: value` in a line, and quotes around text that holds `: `',
  NON_STRING_KEY: 'a key that is text',
  TAB_AS_INDENT: 'spaces: YAML takes no tabs for indentation',
  TAG_RESOLVE_FAILED: 'no tag here, and quotes around text that begins with `!`',
};

function syntaxProblems(errors: readonly YAMLError[], source: SourceText): FileProblem[] {
  const problems = errors
    .slice(0, MAX_SYNTAX_PROBLEMS)
    .map(({ code, pos, message }) => source.problem(pos, 'syntax', inOurWords(message), EXPECTED_BY_CODE[code] ?? YAML_OR_JSON));
  const next = errors[MAX_SYNTAX_PROBLEMS];
  if (next !== undefined) {
    const message = `${errors.length - MAX_SYNTAX_PROBLEMS} more places are not YAML`;
    problems.push(source.problem(next.pos, 'more-syntax', message, YAML_OR_JSON));
  }
  return problems;
}

/** The package's messages are sentences, some of several lines. */
function inOurWords(message: string): string {
  const [line = ''] = message.split('\n', 1);
  return onOneLine(shortened(line.charAt(0).toLowerCase() + line.slice(1)));
}
