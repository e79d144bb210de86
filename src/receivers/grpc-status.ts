// A rejection as a gRPC status: code, message, and the google.rpc.Status with its details where gRPC carries it.
import { Metadata, type StatusObject } from '@grpc/grpc-js'
import { statusBody, type Rejection } from './reply.ts'

/** https://grpc.io/docs/guides/error/: the richer error model. Its presence tells our statuses from those of grpc-js. */
const detailsKey = 'grpc-status-details-bin'

export function grpcStatus(rejection: Rejection): StatusObject {
  const metadata = new Metadata()
  metadata.set(detailsKey, Buffer.from(statusBody(rejection, 'protobuf')))
  return { code: rejection.grpc, details: rejection.message, metadata }
}

/** Whether a status was made by `grpcStatus`. */
export function isOurs({ metadata }: { readonly metadata?: Metadata | null | undefined }): boolean {
  return metadata?.get(detailsKey).length === 1
}
