/**
 * What can go wrong between us and the API server: one error per thing a caller can act on.
 * Every message says what failed, where, why and what to do; none carries a credential or a value of a Secret.
 */
import { Schema } from "effect"

/** What a request was about: for messages, and for telling errors with the same status apart. */
export const RequestSubject = Schema.Struct({
  verb: Schema.Literals(["get", "list", "watch", "create", "update", "patch", "delete"]),
  /** Plural with group as kubectl writes it: `deployments.apps`, `configmaps`; or a path such as `/apis`. */
  resource: Schema.String,
  version: Schema.optionalKey(Schema.String),
  namespace: Schema.optionalKey(Schema.String),
  name: Schema.optionalKey(Schema.String)
})
export interface RequestSubject extends Schema.Schema.Type<typeof RequestSubject> {}

const place = ({ name, namespace, resource }: RequestSubject): string => {
  if (name !== undefined) return `${resource} ${namespace === undefined ? name : `${namespace}/${name}`}`
  return namespace === undefined ? resource : `${resource} in namespace ${namespace}`
}

const served = ({ resource, version }: RequestSubject): string =>
  version === undefined ? resource : `${resource} in version ${version}`

const action = (subject: RequestSubject): string => `${subject.verb} ${place(subject)}`

/** No answer came: connection refused, name not found, TLS refused, deadline passed. Time cures it, or a person. */
export class ApiUnreachable extends Schema.TaggedError<ApiUnreachable>()("ApiUnreachable", {
  /** `silent`: an answer began, and then nothing came for too long. `broken`: what came cannot be read. */
  kind: Schema.Literals(["unreachable", "silent", "broken"]),
  server: Schema.String,
  subject: RequestSubject,
  reason: Schema.String
}) {
  override get message(): string {
    return `The API server at ${this.server} did not answer (${action(this.subject)}): ${this.reason}. ` +
      "It is tried again; if it lasts, check that the server runs and that the address and CA in the kubeconfig are right."
  }
}

/** 401, also after the credentials were read again. */
export class ApiUnauthorized extends Schema.TaggedError<ApiUnauthorized>()("ApiUnauthorized", {
  server: Schema.String,
  subject: RequestSubject,
  /** Why no other credentials could be had, when that is so. */
  reason: Schema.optionalKey(Schema.String)
}) {
  override get message(): string {
    if (this.reason !== undefined) return `No credentials for the API server at ${this.server}: ${this.reason}.`
    return `The API server at ${this.server} does not accept our credentials (401 for ${action(this.subject)}). ` +
      "Renew the token or client certificate; token files, kubeconfig and exec plugins are read again by themselves."
  }
}

/** 403 by authorization: a permission is missing. */
export class ApiForbidden extends Schema.TaggedError<ApiForbidden>()("ApiForbidden", {
  subject: RequestSubject,
  /** The user the API server took us for, when it says so. */
  user: Schema.optionalKey(Schema.String)
}) {
  override get message(): string {
    const who = this.user ?? "our user"
    const scope = this.subject.namespace === undefined
      ? "for the whole cluster"
      : `in namespace ${this.subject.namespace}`
    if (who === "system:anonymous") {
      return `The API server saw no credentials (403 for ${action(this.subject)}). ` +
        "Give the kubeconfig's user a token, a client certificate or an exec plugin, or run in a pod with a ServiceAccount."
    }
    return `${who} may not ${action(this.subject)} (403). ` +
      `Give that ServiceAccount or user the verb "${this.subject.verb}" on ${this.subject.resource} ${scope}, by a role and a binding.`
  }
}

/** 404 for one object: it does not exist, while its kind is served. */
export class ObjectNotFound
  extends Schema.TaggedError<ObjectNotFound>()("ObjectNotFound", { subject: RequestSubject })
{
  override get message(): string {
    return `${place(this.subject)} does not exist in the cluster (${this.subject.verb}).`
  }
}

/** 404 for a path: the group, version or kind is not served. Says nothing about objects. */
export class KindNotServed extends Schema.TaggedError<KindNotServed>()("KindNotServed", { subject: RequestSubject }) {
  override get message(): string {
    return `The cluster does not serve ${served(this.subject)} (${action(this.subject)}). ` +
      "Install its CustomResourceDefinition, or write the manifest in a version that is served (kubectl api-resources)."
  }
}

export class NamespaceNotFound extends Schema.TaggedError<NamespaceNotFound>()("NamespaceNotFound", {
  subject: RequestSubject,
  namespace: Schema.String
}) {
  override get message(): string {
    return `Could not ${action(this.subject)}: namespace ${this.namespace} does not exist. ` +
      "Add a manifest for the Namespace, or create it; it is tried again as soon as it is there."
  }
}

export class NamespaceTerminating extends Schema.TaggedError<NamespaceTerminating>()("NamespaceTerminating", {
  subject: RequestSubject,
  namespace: Schema.String
}) {
  override get message(): string {
    return `Could not ${action(this.subject)}: namespace ${this.namespace} is being deleted. ` +
      "It is tried again once the namespace is there anew; kubectl get namespace shows what holds its deletion."
  }
}

export class QuotaExceeded extends Schema.TaggedError<QuotaExceeded>()("QuotaExceeded", {
  subject: RequestSubject,
  /** The server's words: which quota, what was asked for, what is used. */
  reason: Schema.String
}) {
  override get message(): string {
    return `Could not ${
      action(this.subject)
    }: ${this.reason}. Raise the ResourceQuota or free some of it; it is tried again.`
  }
}

/** The object is not the one, or not in the version, that the request was based on: look again, then decide again. */
export class VersionConflict extends Schema.TaggedError<VersionConflict>()("VersionConflict", {
  subject: RequestSubject,
  /** `recreated`: another uid; `gone`: no object any more; `exists`: create found one. */
  reason: Schema.Literals(["modified", "recreated", "gone", "exists"])
}) {
  override get message(): string {
    const why = {
      modified: "somebody changed it in between",
      recreated: "it was deleted and created anew in between",
      gone: "it was deleted in between",
      exists: "it exists already"
    }[this.reason]
    return `Could not ${action(this.subject)}: ${why}. It is looked at again before anything else is written.`
  }
}

/** An apply without force met fields that others own. */
export class FieldConflict extends Schema.TaggedError<FieldConflict>()("FieldConflict", {
  subject: RequestSubject,
  conflicts: Schema.Array(Schema.Struct({ manager: Schema.String, field: Schema.String }))
}) {
  override get message(): string {
    const whose = this.conflicts.map(({ field, manager }) => `${field} (${manager})`).join(", ")
    return `Could not ${action(this.subject)}: others own these fields: ${whose}. ` +
      "Let the other field manager give them up, or leave them out of the manifest."
  }
}

/** The server will never take this request as it is: only another manifest, schema or policy cures it. */
export class ApiRejected extends Schema.TaggedError<ApiRejected>()("ApiRejected", {
  subject: RequestSubject,
  status: Schema.Int,
  /** The server's words; withheld where they could quote a Secret. */
  reason: Schema.String,
  causes: Schema.Array(Schema.Struct({ field: Schema.String, message: Schema.String }))
}) {
  override get message(): string {
    return `The API server rejects ${action(this.subject)} (${this.status}): ${this.reason}. ` +
      "Correct the manifest in Git; it is not sent again until it changes."
  }
}

/** The server is there and cannot do it now: overload, a webhook that fails, storage starting up. */
export class ApiUnavailable extends Schema.TaggedError<ApiUnavailable>()("ApiUnavailable", {
  subject: RequestSubject,
  status: Schema.Int,
  reason: Schema.String,
  /** What the server asked us to wait, in milliseconds. */
  retryAfter: Schema.optionalKey(Schema.Finite)
}) {
  override get message(): string {
    const hint = this.reason.includes("webhook") ? " Check the service behind that webhook." : ""
    return `The API server cannot ${
      action(this.subject)
    } now (${this.status}): ${this.reason}. It is tried again.${hint}`
  }
}

/** The version to go on from is too old, or from another history of the storage: list afresh. */
export class WatchExpired extends Schema.TaggedError<WatchExpired>()("WatchExpired", {
  subject: RequestSubject,
  reason: Schema.String
}) {
  override get message(): string {
    return `The watch of ${place(this.subject)} cannot go on where it was: ${this.reason}. Everything is listed again.`
  }
}

/** The term in which we may write has ended, or never began: the write was not sent. */
export class NotLeading extends Schema.TaggedError<NotLeading>()("NotLeading", {
  /** Who leads, as far as we know. */
  holder: Schema.optionalKey(Schema.String)
}) {
  override get message(): string {
    const who = this.holder === undefined ? "" : `; ${this.holder} leads`
    return `Nothing was written: we do not hold the Lease now${who}. It is decided again by whoever holds it.`
  }
}

/** What an answer, or its absence, can be. */
export const RequestFailure = Schema.Union([
  ApiUnreachable,
  ApiUnauthorized,
  ApiForbidden,
  ObjectNotFound,
  KindNotServed,
  NamespaceNotFound,
  NamespaceTerminating,
  QuotaExceeded,
  VersionConflict,
  FieldConflict,
  ApiRejected,
  ApiUnavailable,
  WatchExpired
])
export type RequestFailure = typeof RequestFailure.Type

/** What a write can fail with. */
export type ApiFailure = RequestFailure | NotLeading
