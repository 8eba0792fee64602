# SPDX-License-Identifier: Apache-2.0
# cmake -DLAYERING=layering.cmake -DWORK=FOLDER -P layering_test.cmake: proves on trees of one file each that the
# layering check fails on every forbidden include and passes what is allowed.
cmake_minimum_required(VERSION 3.25)

set(forbidden
  libpet/frames.cpp            "\"kinetic_models/srtm.h\""
  libpet/io/tsv.h              "\"tools/tool.h\""
  kinetic_models/srtm.cpp      "\"tools/tool.h\""
  kinetic_models/srtm.cpp      "\"libpet/io/tac_table_file.h\""
  kinetic_models/srtm.cpp      "\"libpet/io/output_files.h\""
  kinetic_models/srtm.cpp      "\"libpet/dicom/pet_image.h\""
  kinetic_models/srtm.cpp      "<fstream>"
  libpet/dicom/pet_image.h     "<dcmtk/dcmdata/dctk.h>"
  libpet/io/nifti.cpp          "<dcmtk/dcmdata/dctk.h>"
  tools/pet_info.cpp           "<dcmtk/dcmdata/dctk.h>"
  libpet/io/nifti.h            "<nifti2_io.h>"
  libpet/dicom/pet_image.cpp   "<nifti/nifti2_io.h>"
  libpet/dicom/pet_image.h     "<openjpeg.h>"
  libpet/io/nifti.cpp          "<openjpeg.h>"
  libpet/provenance.h          "<openssl/evp.h>"
  tools/report/pictures.cpp    "<png.h>"
  tools/pet_fit.cpp            "<openssl/evp.h>"
  libpet/io/sidecar.h          "<nlohmann/json.hpp>"
  kinetic_models/srtm.h        "<ceres/ceres.h>"
  tools/pet_fit.cpp            "<ceres/ceres.h>"
  libpet/curve.cpp             "<ceres/jet.h>"
  tools/pet_fit.cpp            "<boost/program_options.hpp>"
  tools/tool.h                 "<boost/program_options.hpp>"
  kinetic_models/curve.h       "<boost/math/interpolators/pchip.hpp>"
  libpet/curve.cpp             "<boost/algorithm/string.hpp>"
  libpet/frames.cpp            "<catch2/catch.hpp>")

set(allowed
  kinetic_models/srtm.cpp         "\"libpet/frames.h\""
  kinetic_models/fit_table.cpp    "\"libpet/io/parameter_table.h\""
  tools/pet_fit.cpp               "\"kinetic_models/srtm.h\""
  tools/pet_fit.cpp               "\"libpet/io/tsv.h\""
  tools/pet_fit.cpp               "<iostream>"
  libpet/dicom/pet_image.cpp      "<dcmtk/dcmdata/dctk.h>"
  libpet/dicom/detail/dataset.h   "<dcmtk/dcmdata/dctk.h>"
  libpet/dicom/detail/jpeg.cpp    "<openjpeg.h>"
  libpet/io/nifti.cpp             "<nifti2_io.h>"
  libpet/provenance.cpp           "<openssl/evp.h>"
  libpet/io/png_image.cpp         "<png.h>"
  libpet/io/sidecar.cpp           "<nlohmann/json.hpp>"
  tools/report/spec.cpp           "<nlohmann/json.hpp>"
  kinetic_models/fit/detail/q.h   "<ceres/ceres.h>"
  kinetic_models/fit/linear.cpp   "<ceres/ceres.h>"
  kinetic_models/curve.cpp        "<boost/math/interpolators/pchip.hpp>"
  tools/tool_parser.cpp           "<boost/program_options.hpp>")

function(check_tree file include should_pass)
  file(REMOVE_RECURSE ${WORK})
  file(WRITE ${WORK}/${file} "#include ${include}\n")
  execute_process(COMMAND ${CMAKE_COMMAND} -DROOT=${WORK} -P ${LAYERING}
                  RESULT_VARIABLE status OUTPUT_QUIET ERROR_VARIABLE errors)
  if(should_pass AND NOT status EQUAL 0)
    message(SEND_ERROR "${file} may include ${include}, but: ${errors}")
  elseif(NOT should_pass AND (status EQUAL 0 OR NOT errors MATCHES "${file}"))
    message(SEND_ERROR "${file} may not include ${include}, but the check passed")
  endif()
endfunction()

foreach(kind forbidden allowed)
  string(COMPARE EQUAL ${kind} allowed should_pass)
  set(cases ${${kind}})
  while(cases)
    list(POP_FRONT cases file include)
    check_tree(${file} ${include} ${should_pass})
  endwhile()
endforeach()
file(REMOVE_RECURSE ${WORK})
