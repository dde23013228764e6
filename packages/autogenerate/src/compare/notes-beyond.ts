import { uncomparedName } from '../differences/uncompared.ts'
import { factLine } from '../differences/unmodelled-facts.ts'
import type { ReadSchema } from './read-schema.ts'

const factsOf = ({ unmodelled }: ReadSchema): readonly string[] => unmodelled.map(factLine)

const textsOf = ({ uncompared }: ReadSchema): ReadonlyMap<string, string> =>
  new Map(uncompared.map((each) => [uncomparedName(each), each.text]))

/** What differs between two databases beyond what operations change, a sentence each. */
export function notesBeyond(one: ReadSchema, other: ReadSchema): readonly string[] {
  const onlyIn = (of: (side: ReadSchema) => Iterable<string>, why: string): readonly string[] =>
    [[one, other] as const, [other, one] as const].flatMap(([own, others]) => {
      const known = new Set(of(others))
      const lines = [...of(own)].filter((line) => !known.has(line))
      return lines.map((line) => `${line}. Only ${own.dialect.connection.database} has it, and ${why}.`)
    })
  const otherTexts = textsOf(other)
  return [
    ...onlyIn(factsOf, 'no operation changes it'),
    ...onlyIn((side) => textsOf(side).keys(), 'it is not compared'),
    ...[...textsOf(one)]
      .filter(([name, text]) => (otherTexts.get(name) ?? text) !== text)
      .map(([name]) => `${name}. Its definition differs, and it is not compared.`),
  ]
}
