// Written by `npm run schema` from the SDK's sources.
import type { InputShapes } from "./shape";

/** The inputs of every resource, as they cross to the provider. */
export const inputShapes: InputShapes = {
 "resources": {
  "Registry": {
   "required": {
    "address": "text"
   },
   "optional": {
    "preflight": "boolean",
    "credentials": {
     "union": [
      {
       "object": "EnvironmentPassword"
      },
      {
       "object": "EnvironmentCredentials"
      },
      {
       "object": "ConfigPassword"
      },
      {
       "object": "Password"
      },
      {
       "object": "Token"
      },
      {
       "object": "AzureCredentials"
      },
      {
       "object": "Anonymous"
      }
     ]
    },
    "plainHttp": "boolean",
    "caCertificate": "text",
    "clientCertificate": "text",
    "clientKey": "text",
    "authRealms": {
     "list": "text"
    },
    "resourceId": "text",
    "timeoutSeconds": "number"
   },
   "outputs": [
    "apiVersion"
   ]
  },
  "PlatformImage": {
   "required": {
    "registry": {
     "union": [
      {
       "object": "Connection"
      },
      "text"
     ]
    },
    "repository": "text",
    "platform": "platform",
    "source": {
     "union": [
      {
       "object": "OciLayoutSource"
      },
      {
       "object": "ArchiveSource"
      },
      {
       "object": "DaemonSource"
      },
      {
       "object": "ImageSource"
      },
      {
       "object": "FilesSource"
      },
      "text"
     ]
    }
   },
   "optional": {
    "tag": "text",
    "annotations": {
     "map": "text"
    },
    "verify": {
     "values": [
      "config",
      "binaries",
      "none"
     ]
    },
    "ifSourceMissing": {
     "values": [
      "fail",
      "keep"
     ]
    },
    "onConflict": {
     "values": [
      "fail",
      "overwrite"
     ]
    },
    "onDelete": {
     "values": [
      "untag",
      "delete",
      "retain"
     ]
    },
    "onUnlist": {
     "values": [
      "retain",
      "untag"
     ]
    },
    "reconcile": {
     "values": [
      "onUp",
      "onRefresh"
     ]
    },
    "lock": {
     "object": "Lock"
    },
    "onLocked": {
     "values": [
      "fail",
      "unlock"
     ]
    }
   },
   "internal": {
    "secretEnvironment": {
     "list": "text"
    }
   },
   "outputs": [
    "descriptor",
    "digest",
    "attestationManifests",
    "configDigest",
    "layers",
    "size",
    "referrers",
    "referrerTags",
    "drift",
    "createdTags",
    "adoptedTags",
    "ref"
   ]
  },
  "MultiArchImage": {
   "required": {
    "registry": {
     "union": [
      {
       "object": "Connection"
      },
      "text"
     ]
    },
    "repository": "text",
    "tags": {
     "list": "text"
    },
    "images": {
     "list": {
      "union": [
       {
        "object": "FlatPlatformImage"
       },
       {
        "object": "DescribedImage"
       },
       "text"
      ]
     }
    }
   },
   "optional": {
    "annotations": {
     "map": "text"
    },
    "format": {
     "values": [
      "auto",
      "oci",
      "docker"
     ]
    },
    "requiredPlatforms": {
     "list": "platform"
    },
    "attestations": {
     "values": [
      "keep",
      "drop"
     ]
    },
    "verify": {
     "values": [
      "config",
      "none"
     ]
    },
    "subject": "text",
    "artifactType": "text",
    "childTag": "text",
    "pinSources": "boolean",
    "expectedDigest": "text",
    "sourceRegistries": {
     "list": {
      "union": [
       {
        "object": "Connection"
       },
       "text"
      ]
     }
    },
    "onConflict": {
     "values": [
      "fail",
      "overwrite"
     ]
    },
    "onDelete": {
     "values": [
      "untag",
      "delete",
      "retain"
     ]
    },
    "onUnlist": {
     "values": [
      "retain",
      "untag"
     ]
    },
    "reconcile": {
     "values": [
      "onUp",
      "onRefresh"
     ]
    },
    "lock": {
     "object": "Lock"
    },
    "onLocked": {
     "values": [
      "fail",
      "unlock"
     ]
    }
   },
   "outputs": [
    "digest",
    "mediaType",
    "manifestSize",
    "platforms",
    "otherManifests",
    "sources",
    "drift",
    "manifest",
    "attestationManifests",
    "createdTags",
    "adoptedTags",
    "ref",
    "tagRefs",
    "platformRefs"
   ]
  },
  "ImportedImage": {
   "required": {
    "registry": {
     "union": [
      {
       "object": "Connection"
      },
      "text"
     ]
    },
    "repository": "text",
    "tags": {
     "list": "text"
    },
    "source": {
     "union": [
      {
       "object": "ImportSource"
      },
      "text"
     ]
    }
   },
   "optional": {
    "selectedPlatforms": {
     "list": "platform"
    },
    "copyReferrers": {
     "values": [
      "none",
      "direct",
      "recursive"
     ]
    },
    "attestations": {
     "values": [
      "keep",
      "drop"
     ]
    },
    "requiredPlatforms": {
     "list": "platform"
    },
    "follow": "boolean",
    "expectedDigest": "text",
    "onConflict": {
     "values": [
      "fail",
      "overwrite"
     ]
    },
    "onDelete": {
     "values": [
      "untag",
      "delete",
      "retain"
     ]
    },
    "onUnlist": {
     "values": [
      "retain",
      "untag"
     ]
    },
    "reconcile": {
     "values": [
      "onUp",
      "onRefresh"
     ]
    },
    "lock": {
     "object": "Lock"
    },
    "onLocked": {
     "values": [
      "fail",
      "unlock"
     ]
    }
   },
   "written": {
    "selectedPlatforms": "platforms"
   },
   "outputs": [
    "digest",
    "mediaType",
    "manifestSize",
    "platforms",
    "otherManifests",
    "sourceDigest",
    "referrers",
    "referrerTags",
    "drift",
    "manifest",
    "createdTags",
    "adoptedTags",
    "ref",
    "tagRefs",
    "platformRefs"
   ]
  },
  "AcrRun": {
   "required": {
    "registry": {
     "union": [
      {
       "object": "Connection"
      },
      "text"
     ]
    },
    "repository": "text",
    "task": "text",
    "source": "text",
    "images": {
     "map": {
      "object": "RunImage"
     }
    }
   },
   "optional": {
    "onConflict": {
     "values": [
      "fail",
      "overwrite"
     ]
    },
    "onDelete": {
     "values": [
      "untag",
      "delete",
      "retain"
     ]
    },
    "onUnlist": {
     "values": [
      "retain",
      "untag"
     ]
    },
    "reconcile": {
     "values": [
      "onUp",
      "onRefresh"
     ]
    },
    "lock": {
     "object": "Lock"
    },
    "onLocked": {
     "values": [
      "fail",
      "unlock"
     ]
    },
    "timeoutSeconds": "number",
    "cpu": "number",
    "agentPool": "text",
    "sourceRegistryIdentity": "text",
    "triggers": {
     "map": "text"
    }
   },
   "outputs": [
    "digests",
    "contextDigest",
    "runId",
    "drift"
   ]
  }
 },
 "objects": {
  "EnvironmentPassword": {
   "required": {
    "username": "text",
    "passwordEnv": "text"
   },
   "optional": {}
  },
  "EnvironmentCredentials": {
   "required": {
    "usernameEnv": "text",
    "passwordEnv": "text"
   },
   "optional": {}
  },
  "ConfigPassword": {
   "required": {
    "username": "text",
    "passwordConfig": "text"
   },
   "optional": {}
  },
  "Password": {
   "required": {
    "username": "text",
    "password": "text"
   },
   "optional": {}
  },
  "Token": {
   "required": {
    "token": "text"
   },
   "optional": {}
  },
  "AzureCredentials": {
   "required": {
    "azure": {
     "object": "AzureIdentity"
    }
   },
   "optional": {}
  },
  "AzureIdentity": {
   "required": {},
   "optional": {
    "method": {
     "values": [
      "clientSecret",
      "oidc",
      "workloadIdentity",
      "managedIdentity",
      "cli"
     ]
    },
    "tenantId": "text",
    "clientId": "text",
    "clientSecretEnv": "text",
    "oidcTokenEnv": "text"
   }
  },
  "Anonymous": {
   "required": {
    "anonymous": "true"
   },
   "optional": {}
  },
  "Connection": {
   "required": {
    "address": "text"
   },
   "optional": {
    "credentials": {
     "union": [
      {
       "object": "EnvironmentPassword"
      },
      {
       "object": "EnvironmentCredentials"
      },
      {
       "object": "ConfigPassword"
      },
      {
       "object": "Password"
      },
      {
       "object": "Token"
      },
      {
       "object": "AzureCredentials"
      },
      {
       "object": "Anonymous"
      }
     ]
    },
    "plainHttp": "boolean",
    "caCertificate": "text",
    "clientCertificate": "text",
    "clientKey": "text",
    "authRealms": {
     "list": "text"
    },
    "resourceId": "text",
    "timeoutSeconds": "number"
   }
  },
  "OciLayoutSource": {
   "required": {
    "ociLayout": "text"
   },
   "optional": {
    "reference": "text"
   }
  },
  "ArchiveSource": {
   "required": {
    "archive": "text"
   },
   "optional": {
    "reference": "text"
   }
  },
  "DaemonSource": {
   "required": {
    "daemon": "text"
   },
   "optional": {}
  },
  "ImageSource": {
   "required": {
    "image": "text"
   },
   "optional": {
    "registry": {
     "union": [
      {
       "object": "Connection"
      },
      "text"
     ]
    },
    "attestations": {
     "values": [
      "keep",
      "drop"
     ]
    },
    "copyReferrers": {
     "values": [
      "none",
      "direct",
      "recursive"
     ]
    }
   }
  },
  "FilesSource": {
   "required": {
    "files": {
     "map": {
      "union": [
       "text",
       {
        "object": "File"
       }
      ]
     }
    }
   },
   "optional": {
    "base": {
     "union": [
      "text",
      {
       "object": "ImageBase"
      },
      {
       "object": "OciLayoutSource"
      }
     ]
    },
    "config": {
     "object": "ImageConfig"
    },
    "compression": {
     "values": [
      "gzip",
      "none"
     ]
    }
   }
  },
  "File": {
   "required": {
    "path": "text"
   },
   "optional": {
    "mode": "number",
    "uid": "number",
    "gid": "number"
   }
  },
  "ImageBase": {
   "required": {
    "image": "text"
   },
   "optional": {
    "registry": {
     "union": [
      {
       "object": "Connection"
      },
      "text"
     ]
    }
   }
  },
  "ImageConfig": {
   "required": {},
   "optional": {
    "entrypoint": {
     "list": "text"
    },
    "cmd": {
     "list": "text"
    },
    "env": {
     "map": "text"
    },
    "workingDir": "text",
    "user": "text",
    "labels": {
     "map": "text"
    },
    "exposedPorts": {
     "list": "text"
    }
   }
  },
  "Lock": {
   "required": {},
   "optional": {
    "tag": "boolean",
    "manifest": "boolean"
   }
  },
  "FlatPlatformImage": {
   "required": {
    "descriptor": "any",
    "address": "text",
    "repository": "text"
   },
   "optional": {
    "attestationManifests": {
     "list": "any"
    }
   },
   "isInternal": true
  },
  "DescribedImage": {
   "required": {
    "image": {
     "union": [
      {
       "object": "FlatPlatformImage"
      },
      "text"
     ]
    }
   },
   "optional": {
    "platform": "platform",
    "annotations": {
     "map": "text"
    }
   },
   "internal": {
    "digest": "text"
   }
  },
  "ImportSource": {
   "required": {
    "image": "text"
   },
   "optional": {
    "registry": {
     "union": [
      {
       "object": "Connection"
      },
      "text"
     ]
    }
   }
  },
  "RunImage": {
   "required": {
    "tag": "text"
   },
   "optional": {
    "dockerfile": "text"
   }
  }
 }
};
