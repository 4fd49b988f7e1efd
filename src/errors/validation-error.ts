import { RunApiError, type RunApiErrorInit } from './run-api-error'

/** One broken rule. */
export interface ValidationIssue {
  /** The parameter, in the wire's spelling. */
  field: string
  /** Which rule was broken, for code: `required`, `type`, `one_of`, `url`, `not_blank`, `unknown_field`, … */
  rule: string
  /** The rule as a sentence, with the fix. */
  message: string
  /** The value that was passed, in at most 100 characters and without the query of a URL. */
  received?: string
  /** All allowed values, if they can be listed. */
  allowed?: readonly (string | number | boolean)[]
}

export interface ValidationErrorInit extends RunApiErrorInit {
  issues: readonly ValidationIssue[]
}

/** The parameters break rules of the model; every broken rule is listed. Thrown before anything is sent, so nothing was bought. */
export class ValidationError extends RunApiError {
  /** Every broken rule, in the order of the message. */
  readonly issues: readonly ValidationIssue[]

  constructor(message: string, init: ValidationErrorInit) {
    super(message, init)
    this.issues = init.issues
  }
  override get name(): string {
    return 'ValidationError'
  }
  get code(): 'validation' {
    return 'validation'
  }
  protected override details(): Record<string, unknown> {
    return { ...super.details(), issues: this.issues }
  }
}
