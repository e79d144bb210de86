// Where a program sends.

export interface Target {
  readonly http: number
  readonly grpc: number
}
