import { tsconfigOf, tsconfigTexts } from './tsconfig-paths.ts'

export interface Decorators {
  readonly legacy: true
  readonly emitDecoratorMetadata: boolean
}

/**
 * How the decorators of a file are compiled: Node runs none of them. Undefined where its tsconfig.json (with what that
 * extends or refers to) has no `experimentalDecorators`.
 */
export function decoratorsOf(file: string): Decorators | undefined {
  const tsconfig = tsconfigOf(file)
  const texts = tsconfig === undefined ? [] : tsconfigTexts(tsconfig).texts
  const has = (option: string): boolean => texts.some((each) => new RegExp(`"${option}"\\s*:\\s*true`).test(each))
  if (!has('experimentalDecorators')) return undefined
  return { legacy: true, emitDecoratorMetadata: has('emitDecoratorMetadata') }
}
