/** Parses YAML within bounds that hold for any text: how deep it nests, and so how much of the call stack parsing takes. */
import { Composer, Lexer, Parser, type CST, type Node, type YAMLError } from 'yaml';
import { onOneLine, shortened } from './quoted.js';
import type { SourceText, YamlProblem } from './source-text.js';

/** How deep lists and objects may nest. A baseline is nine deep. */
const MAX_DEPTH = 64;

/** Further syntax errors are only counted: one slip can make nonsense of everything after it. */
const MAX_SYNTAX_PROBLEMS = 100;

export interface ParsedDocument {
  /** `null` for a text that holds nothing, or comments only. */
  readonly root: Node | null;
  readonly problems: readonly YamlProblem[];
}

/** Returns the one document of the text, and every syntax error in it. Never throws. */
export function parseDocument(source: SourceText): ParsedDocument {
  const tooDeep: YamlProblem[] = [];
  const tokens = tokensOf(source, (offset) => {
    tooDeep.push(source.problem([offset, offset + 1], 'too-deep', 'this is nested too deeply', `at most ${MAX_DEPTH} levels`));
  });
  const composer = new Composer({
    // Whatever a `%YAML` directive says: `no` and dates are text.
    schema: 'core',
    resolveKnownTags: false,
    stringKeys: true,
    // The package compares each key with all before it, which is quadratic; `readTree` finds duplicates.
    uniqueKeys: false,
  });
  const documents = composer.compose(tokens, true, source.text.length);
  const document = documents.next().value;
  const another = documents.next().value;
  if (tooDeep.length > 0) return { root: null, problems: tooDeep };
  if (document === undefined) throw new Error('the YAML package composed no document, not even an empty one');
  const problems = syntaxProblems([...document.errors, ...document.warnings], source);
  if (another !== undefined) {
    const [start, end] = another.range;
    problems.push(source.problem([start, end], 'syntax', 'another document begins here', 'one document in a file'));
  }
  return { root: document.contents, problems };
}

/** Returns the tokens up to where they nest too deeply, and calls `onTooDeep` there. */
function* tokensOf({ text }: SourceText, onTooDeep: (offset: number) => void): Generator<CST.Token> {
  const parser = new Parser();
  for (const lexeme of new Lexer().lex(text)) {
    yield* parser.next(lexeme);
    // Beside lists and objects the stack holds the document, and the scalar that is being read.
    if (parser.stack.length > MAX_DEPTH + 2) {
      onTooDeep(parser.offset);
      return;
    }
  }
  yield* parser.end();
}

const YAML_OR_JSON = 'YAML 1.2 or JSON';

/** What would be right: the package only says what is wrong. */
const EXPECTED_BY_CODE: Partial<Record<YAMLError['code'], string>> = {
  BAD_SCALAR_START: 'quotes around text that begins with this character',
  BLOCK_AS_IMPLICIT_KEY: 'one `key: value` in a line, and quotes around text that holds `: `',
  NON_STRING_KEY: 'a key that is text',
  TAB_AS_INDENT: 'spaces: YAML takes no tabs for indentation',
  TAG_RESOLVE_FAILED: 'no tag here, and quotes around text that begins with `!`',
};

function syntaxProblems(errors: readonly YAMLError[], source: SourceText): YamlProblem[] {
  const problems = errors
    .slice(0, MAX_SYNTAX_PROBLEMS)
    .map(({ code, pos, message }) => source.problem(pos, 'syntax', oneClause(message), EXPECTED_BY_CODE[code] ?? YAML_OR_JSON));
  const next = errors[MAX_SYNTAX_PROBLEMS];
  if (next !== undefined) {
    const message = `${errors.length - MAX_SYNTAX_PROBLEMS} more places are not YAML`;
    problems.push(source.problem(next.pos, 'more-syntax', message, YAML_OR_JSON));
  }
  return problems;
}

/** The package's messages are sentences, some of several lines. */
function oneClause(message: string): string {
  const [line = ''] = message.split('\n', 1);
  return onOneLine(shortened(line.charAt(0).toLowerCase() + line.slice(1)));
}
