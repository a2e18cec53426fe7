{
  description = "Keeps a Kubernetes cluster and a Git repository in step, in either direction, per object and per field";

  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixpkgs-unstable";

  outputs =
    { self, nixpkgs }:
    let
      inherit (nixpkgs) lib;
      manifest = lib.importJSON ./package.json;
      forAll =
        make:
        lib.genAttrs [
          "x86_64-linux"
          "aarch64-linux"
          "aarch64-darwin"
        ] (system: make nixpkgs.legacyPackages.${system});

      # What package-lock.json names for running, as npm installs it: the same on every system, and with every version of npm.
      # When the lock file changes, `npm test` tells the new hash.
      nodeModules =
        pkgs:
        pkgs.stdenvNoCC.mkDerivation {
          name = "gitops-controller-modules";
          src = lib.sourceByRegex ./. [
            "package\\.json"
            "package-lock\\.json"
            "\\.npmrc"
          ];
          nativeBuildInputs = [
            pkgs.nodejs_26
            pkgs.cacert
          ];
          buildPhase = ''
            export HOME=$TMPDIR NODE_EXTRA_CA_CERTS=${pkgs.cacert}/etc/ssl/certs/ca-bundle.crt
            npm ci --omit=dev --omit=optional --ignore-scripts
            rm node_modules/.package-lock.json
          '';
          installPhase = ''
            mkdir $out
            mv node_modules $out/
          '';
          dontFixup = true;
          outputHashMode = "recursive";
          outputHash = "sha256-7SdXQJFjFpbevKnKRE7VHTTxpba0ZaS0K72W0WAouc8=";
        };

      program =
        pkgs:
        let
          modules = nodeModules pkgs;
        in
        pkgs.stdenvNoCC.mkDerivation {
          pname = manifest.name;
          inherit (manifest) version;
          src = lib.sourceByRegex ./. [
            "package\\.json"
            "src"
            "src/.*"
            "deploy"
            "deploy/.*"
          ];
          nativeBuildInputs = [ pkgs.makeWrapper ];
          installPhase = ''
            mkdir -p $out/bin $out/lib/gitops-controller
            cp -r . $out/lib/gitops-controller
            ln -s ${modules}/node_modules $out/lib/gitops-controller/node_modules
            makeWrapper ${lib.getExe pkgs.nodejs_26} $out/bin/gitops-controller \
              --suffix PATH : ${lib.makeBinPath [ pkgs.git ]} \
              --add-flags "--max-semi-space-size=8 $out/lib/gitops-controller/src/start.ts"
          '';
          passthru = { inherit modules; };
          meta = {
            inherit (manifest) description;
            license = lib.licenses.asl20;
            mainProgram = manifest.name;
          };
        };
    in
    {
      packages = forAll (pkgs: {
        default = program pkgs;
      });

      # `nix run . -- --config config.yaml`
      apps = forAll (pkgs: {
        default = {
          type = "app";
          program = lib.getExe (program pkgs);
        };
      });

      checks = forAll (pkgs: {
        default = pkgs.runCommand "gitops-controller-answers" { } ''
          ${lib.getExe (program pkgs)} --version > $out
          grep -F ${manifest.version} $out
        '';
      });

      # What development and the tests need; npm brings the rest. `nix develop`, then `npm test`.
      devShells = forAll (pkgs: {
        default = pkgs.mkShell {
          packages = [
            pkgs.nodejs_26
            pkgs.git
            pkgs.openssh
            pkgs.go
            pkgs.etcd
            pkgs.kubectl
            pkgs.gitea
          ]
          ++ lib.optionals pkgs.stdenv.hostPlatform.isLinux [ pkgs.kubernetes ];
          # npm's own Node is built for other systems than NixOS: Nix's takes its place.
          shellHook = ''
            if [ -d node_modules/.bin ]; then ln -sfn ${lib.getExe pkgs.nodejs_26} node_modules/.bin/node; fi
          '';
        };
      });

      formatter = forAll (pkgs: pkgs.nixfmt);
    };
}
