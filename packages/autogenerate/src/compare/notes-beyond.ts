import { holding, isDialect, requireArguments } from '@org/migrate-core/dialect'
import { isList } from '@org/migrate-core/internal'
import { uncomparedName } from '../differences/uncompared.ts'
import { factLine } from '../differences/unmodelled-facts.ts'
import type { ReadSchema } from './read-schema.ts'

const factsOf = ({ unmodelled }: ReadSchema): readonly string[] => unmodelled.map(factLine)

const textsOf = ({ uncompared }: ReadSchema): ReadonlyMap<string, string> =>
  new Map(uncompared.map((each) => [uncomparedName(each), each.text]))

const isReadSchema = holding({ dialect: isDialect, unmodelled: isList, uncompared: isList })

/**
 * What differs between two databases beyond what operations change, a sentence each. Throws INVALID_OPTION.
 *
 * ```ts
 * const notes = notesBeyond(await readSchema(postgresDialect({ url })), await readSchema(postgresDialect({ url: staging })))
 * ```
 */
export function notesBeyond(one: ReadSchema, other: ReadSchema): readonly string[] {
  requireArguments('notesBeyond', { one, other }, { one: isReadSchema, other: isReadSchema })
  const onlyIn = (of: (side: ReadSchema) => Iterable<string>, why: string): readonly string[] =>
    [[one, other] as const, [other, one] as const].flatMap(([own, compared]) => {
      const known = new Set(of(compared))
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
