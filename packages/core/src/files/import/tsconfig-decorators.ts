import { tsconfigOf, tsconfigTexts } from './tsconfig-paths.ts'

export interface Decorators {
  readonly legacy: true
  readonly emitDecoratorMetadata: boolean
}

/** No `@org/…` in a string: only what could be a decorator costs the reading of a tsconfig.json. */
const decorator = /(?:^|[(,;{}]|\bexport|\bdefault)[ \t]*@[\w$(]/m

/**
 * How the decorators of a file are compiled: Node runs none of them. Undefined where it has none, and where its tsconfig.json (with what that
 * extends or refers to) has no `experimentalDecorators`.
 */
export function decoratorsIn(text: string, file: string): Decorators | undefined {
  if (!decorator.test(text)) return undefined
  const tsconfig = tsconfigOf(file)
  const texts = tsconfig === undefined ? [] : tsconfigTexts(tsconfig).texts
  const has = (option: string): boolean => texts.some((each) => new RegExp(`"${option}"\\s*:\\s*true`).test(each))
  if (!has('experimentalDecorators')) return undefined
  return { legacy: true, emitDecoratorMetadata: has('emitDecoratorMetadata') }
}
