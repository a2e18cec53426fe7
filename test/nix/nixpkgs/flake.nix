# Stands in for nixpkgs where that can't be had: just what flake.nix uses of it, so that a misspelling there fails. Nothing of it is
# ever built. `programs` are those that the real package brings.
{
  outputs =
    { self }:
    let
      make =
        system: attributes:
        derivation (
          {
            name = "${attributes.pname or "stub"}-${attributes.version or "0"}";
            builder = "/bin/sh";
            inherit system;
          }
          // removeAttrs attributes [
            "meta"
            "passthru"
          ]
        )
        // {
          meta = attributes.meta or { };
        }
        // attributes.passthru or { };
      packages = system: {
        stdenv.hostPlatform.isLinux = builtins.match ".*-linux" system != null;
        stdenvNoCC.mkDerivation = make system;
        runCommand = name: environment: command: make system (environment // { inherit name command; });
        mkShell =
          { packages, shellHook }:
          make system {
            name = "shell";
            inherit packages shellHook;
            passthru.programs = builtins.concatMap (package: package.programs) packages;
          };
      };
      package =
        system: name: programs:
        make system {
          inherit name;
          meta.mainProgram = builtins.head programs;
          passthru = { inherit programs; };
        };
      everywhere = {
        cacert = [ "none" ];
        etcd = [ "etcd" ];
        git = [ "git" ];
        gitea = [ "gitea" ];
        go = [ "go" ];
        kubectl = [ "kubectl" ];
        makeWrapper = [ "makeWrapper" ];
        nixfmt = [ "nixfmt" ];
        nodejs_26 = [
          "node"
          "npm"
        ];
        openssh = [
          "ssh"
          "ssh-keygen"
          "sshd"
        ];
      };
      onLinux = {
        kubernetes = [
          "kube-apiserver"
          "kube-controller-manager"
          "kube-scheduler"
          "kubelet"
        ];
      };
    in
    {
      lib = {
        genAttrs =
          names: value:
          builtins.listToAttrs (
            map (name: {
              inherit name;
              value = value name;
            }) names
          );
        getExe = package: "${package}/bin/${package.meta.mainProgram}";
        importJSON = file: builtins.fromJSON (builtins.readFile file);
        licenses.asl20.spdxId = "Apache-2.0";
        makeBinPath = packages: builtins.concatStringsSep ":" (map (package: "${package}/bin") packages);
        optionals = condition: list: if condition then list else [ ];
        sourceByRegex =
          folder: patterns:
          builtins.path {
            path = folder;
            name = "source";
            filter =
              file: _:
              let
                path = builtins.substring (builtins.stringLength (toString folder) + 1) (-1) (toString file);
              in
              builtins.any (pattern: builtins.match pattern path != null) patterns;
          };
      };
      legacyPackages = builtins.listToAttrs (
        map
          (system: {
            name = system;
            value =
              packages system
              // builtins.mapAttrs (package system) (
                everywhere // (if builtins.match ".*-linux" system != null then onLinux else { })
              );
          })
          [
            "x86_64-linux"
            "aarch64-linux"
            "aarch64-darwin"
          ]
      );
    };
}
