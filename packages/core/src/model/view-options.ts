import type { ViewModel } from './schema-model.ts'

/** The options of a view as they are compared: servers keep the word for true or false that was written. */
export function viewOptionFacts({ options = {} }: Pick<ViewModel, 'options'>): { readonly [option: string]: string } {
  const word = (value: string): string =>
    value.replace(/^(?:on|yes|true)$/i, 'true').replace(/^(?:off|no|false)$/i, 'false')
  return Object.fromEntries(Object.entries(options).map(([name, value]) => [name, word(value)]))
}

/** How the options of a view differ, a line each. */
export function viewOptionDifferences(view: ViewModel, other: ViewModel): readonly string[] {
  const [expected, actual] = [viewOptionFacts(view), viewOptionFacts(other)]
  return [...new Set([...Object.keys(expected), ...Object.keys(actual)])]
    .filter((name) => expected[name] !== actual[name])
    .map((name) => `option ${name} is ${actual[name] ?? 'not set'}, expected ${expected[name] ?? 'not set'}`)
}
