/** An expression as far as comparing needs it: what two spellings of the same have in common. */
export type Expression =
  | { readonly kind: 'number'; readonly text: string }
  | { readonly kind: 'string'; readonly value: string }
  /** TRUE, NULL, CURRENT_DATE. */
  | { readonly kind: 'word'; readonly text: string }
  | { readonly kind: 'name'; readonly parts: readonly string[] }
  | { readonly kind: 'call'; readonly name: string; readonly operands: readonly Expression[] }
  | { readonly kind: 'cast'; readonly operand: Expression; readonly type: string }
  | { readonly kind: 'unary'; readonly operator: string; readonly operand: Expression }
  | { readonly kind: 'binary'; readonly operator: string; readonly left: Expression; readonly right: Expression }
  /** AND and OR over all that they join. */
  | { readonly kind: 'logic'; readonly operator: 'and' | 'or'; readonly operands: readonly Expression[] }
  | { readonly kind: 'test'; readonly operand: Expression; readonly text: string }
  /** IN, or with `negated` NOT IN. */
  | {
      readonly kind: 'among'
      readonly operand: Expression
      readonly values: readonly Expression[]
      readonly negated: boolean
    }
  | { readonly kind: 'list'; readonly form: 'array' | 'row'; readonly values: readonly Expression[] }
  | {
      readonly kind: 'case'
      readonly subject: Expression | undefined
      readonly branches: readonly { readonly when: Expression; readonly result: Expression }[]
      readonly otherwise: Expression | undefined
    }

export type ExpressionKind = Expression['kind']
