/** Parses YAML with a limit on nesting, so that no text can exhaust the call stack. */
import { Composer, Lexer, Parser, type CST, type Node, type YAMLError } from 'yaml';
import { escapeYamlControlCharacters, shortenYamlText } from './quoted.js';
import type { SourceText, YamlProblem } from './source-text.js';

/** The maximum nesting of lists and objects. A baseline file has nine levels. */
const MAX_DEPTH = 64;

/** The maximum number of listed syntax errors. One mistake can cause an error in each following line. */
const MAX_SYNTAX_PROBLEMS = 100;

export interface ParsedDocument {
  /** `null` if the text is empty or has only comments. */
  readonly root: Node | null;
  readonly problems: readonly YamlProblem[];
}

/** Returns the document of the text, and its syntax errors. A second document is an error. Never throws. */
export function parseYamlDocument(source: SourceText): ParsedDocument {
  const tooDeep: YamlProblem[] = [];
  const tokens = yamlTokens(source, (offset) => {
    tooDeep.push(
      source.problem([offset, offset + 1], 'too-deep', 'the text is nested too deeply', `at most ${MAX_DEPTH} levels of lists and objects`),
    );
  });
  const composer = new Composer({
    // In the core schema, `no` and dates are text, not booleans and times. A `%YAML` directive with an older version does not change the
    // schema.
    schema: 'core',
    resolveKnownTags: false,
    stringKeys: true,
    // `Tree` finds duplicate keys, because the search of the `yaml` package takes quadratic time.
    uniqueKeys: false,
  });
  const documents = composer.compose(tokens, true, source.text.length);
  const document = documents.next().value;
  const another = documents.next().value;
  if (tooDeep.length > 0) return { root: null, problems: tooDeep };
  if (document === undefined) throw new Error('internal error: the `yaml` package returned no document');
  const problems = yamlSyntaxProblems([...document.errors, ...document.warnings], source);
  if (another !== undefined) {
    const [start, end] = another.range;
    problems.push(source.problem([start, end], 'syntax', 'another document begins here', 'one document in each file'));
  }
  return { root: document.contents, problems };
}

/** Yields the tokens of the text. Stops if lists or objects are nested too deeply, and calls `onTooDeep` with the offset. */
function* yamlTokens({ text }: SourceText, onTooDeep: (offset: number) => void): Generator<CST.Token> {
  const parser = new Parser();
  for (const lexeme of new Lexer().lex(text)) {
    yield* parser.next(lexeme);
    // The stack contains the nested lists and objects, and also the document and the current scalar.
    if (parser.stack.length > MAX_DEPTH + 2) {
      onTooDeep(parser.offset);
      return;
    }
  }
  yield* parser.end();
}

const YAML_OR_JSON = 'YAML 1.2 or JSON';

/** What was expected, for each error code. The errors of the `yaml` package only say what is wrong. */
const EXPECTED_BY_CODE: Partial<Record<YAMLError['code'], string>> = {
  BAD_SCALAR_START: 'quotes around text that begins with this character',
  BLOCK_AS_IMPLICIT_KEY: 'one `key: value` in each line, or quotes around text that contains `: `',
  NON_STRING_KEY: 'a key that is text',
  TAB_AS_INDENT: 'spaces, because YAML does not allow tabs for indentation',
  TAG_RESOLVE_FAILED: 'no tag, or quotes around text that begins with `!`',
};

function yamlSyntaxProblems(errors: readonly YAMLError[], source: SourceText): YamlProblem[] {
  const problems = errors
    .slice(0, MAX_SYNTAX_PROBLEMS)
    .map(({ code, pos, message }) => source.problem(pos, 'syntax', shortYamlMessage(message), EXPECTED_BY_CODE[code] ?? YAML_OR_JSON));
  const next = errors[MAX_SYNTAX_PROBLEMS];
  if (next !== undefined) {
    const message = `there are ${errors.length - MAX_SYNTAX_PROBLEMS} more syntax errors`;
    problems.push(source.problem(next.pos, 'more-syntax', message, YAML_OR_JSON));
  }
  return problems;
}

/** Shortens a message of the `yaml` package to its first line. */
function shortYamlMessage(message: string): string {
  const [line = ''] = message.split('\n', 1);
  return escapeYamlControlCharacters(shortenYamlText(line.charAt(0).toLowerCase() + line.slice(1)));
}
