import type { Dialect, IndexElement } from '@org/migrate-core/dialect'

/** An element as SQL has it: Drizzle has no function for a collation, a length, or the order of an expression. */
export function elementText(element: IndexElement, { name, sql }: Dialect): string {
  const { column, expression = '', prefixLength, collation, operatorClass, order, nulls } = element
  const quote = (text: string): string => sql.quote.identifier(text).text
  const isBare = order === undefined && nulls === undefined && collation === undefined && operatorClass === undefined
  const term = column === undefined ? (isBare && name !== 'mysql' ? expression : `(${expression})`) : quote(column)
  return [
    prefixLength === undefined ? term : `${term}(${prefixLength})`,
    ...(collation === undefined ? [] : [`COLLATE ${name === 'sqlite' ? collation : quote(collation)}`]),
    ...(operatorClass === undefined ? [] : [operatorClass]),
    ...(order === undefined ? [] : [order.toUpperCase()]),
    ...(nulls === undefined ? [] : [`NULLS ${nulls.toUpperCase()}`]),
  ].join(' ')
}
