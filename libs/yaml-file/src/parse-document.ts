/** Parses YAML with a limit on nesting, so that no text can exhaust the call stack. */
import { Composer, Lexer, Parser, type CST, type Node, type YAMLError } from 'yaml';
import { escapeYamlControlCharacters, shortenYamlText } from './quoted.js';
import type { SourceText, YamlProblem } from './source-text.js';

/** The maximum nesting of lists and objects. A baseline file has nine levels. */
const MAX_DEPTH = 64;

/** At most this many syntax errors are listed, because one mistake can cause errors in the whole text after the mistake. */
const MAX_SYNTAX_PROBLEMS = 100;

export interface ParsedDocument {
  /** `null` if the text is empty or has only comments. */
  readonly root: Node | null;
  readonly problems: readonly YamlProblem[];
}

/** Returns the single document of the text, and every syntax error. Never throws. */
export function parseYamlDocument(source: SourceText): ParsedDocument {
  const tooDeep: YamlProblem[] = [];
  const tokens = yamlTokens(source, (offset) => {
    tooDeep.push(
      source.problem([offset, offset + 1], 'too-deep', 'the text is nested too deeply', `at most ${MAX_DEPTH} levels of lists and objects`),
    );
  });
  const composer = new Composer({
    // With the core schema, `no` and dates are text, even if a `%YAML` directive names an older version.
    schema: 'core',
    resolveKnownTags: false,
    stringKeys: true,
    // `Tree` finds duplicate keys. The `yaml` package would compare each key with all earlier keys, which takes quadratic time.
    uniqueKeys: false,
  });
  const documents = composer.compose(tokens, true, source.text.length);
  const document = documents.next().value;
  const another = documents.next().value;
  if (tooDeep.length > 0) return { root: null, problems: tooDeep };
  if (document === undefined)
    throw new Error('the YAML package returned no document, although it returns an empty document for an empty text');
  const problems = yamlSyntaxProblems([...document.errors, ...document.warnings], source);
  if (another !== undefined) {
    const [start, end] = another.range;
    problems.push(source.problem([start, end], 'syntax', 'another document begins here', 'one document in each file'));
  }
  return { root: document.contents, problems };
}

/** Yields the tokens of the text. If the text nests too deeply, calls `onTooDeep` and stops. */
function* yamlTokens({ text }: SourceText, onTooDeep: (offset: number) => void): Generator<CST.Token> {
  const parser = new Parser();
  for (const lexeme of new Lexer().lex(text)) {
    yield* parser.next(lexeme);
    // Besides lists and objects, the stack contains the document and the current scalar.
    if (parser.stack.length > MAX_DEPTH + 2) {
      onTooDeep(parser.offset);
      return;
    }
  }
  yield* parser.end();
}

const YAML_OR_JSON = 'YAML 1.2 or JSON';

/** The expected text for each error code, because the errors of the `yaml` package only say what is wrong. */
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
