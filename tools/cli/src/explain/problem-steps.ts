/** What is wrong with an event, a step for each thing. */

interface Problem {
  readonly path: string;
  readonly text: string;
  readonly expected: string;
}

export function problemSteps(problems: readonly Problem[]): string[] {
  return problems.map(({ path, text, expected }) => `\`${path}\` is ${text}, and should be ${expected}`);
}
